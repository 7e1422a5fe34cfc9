"""The gradings behind the proof of an implement exercise."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from torchdojo.authoring.bench import Bench, Case
from torchdojo.authoring.implement.changes import graded_mutants, sampled_mutants
from torchdojo.authoring.implement.check_names import check_names
from torchdojo.authoring.implement.claims import caught_by
from torchdojo.authoring.judging import Reports, of_role
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Report, Verdict
from torchdojo.library import Answer, is_proved, right_answers, wrong_answers

#: Wrong answers that a quick verification grades of an exercise that is proved.
SAMPLE = 5

#: A changed solution that needs so many times as long as the solution will not end any more.
_PATIENCE = 10
_LEAST_SECONDS = 3.0

#: Mutants that are judged by all checks at a time, for checks that nothing has failed yet.
_AT_A_TIME = 4


def run(exercise: Exercise, seeds: Sequence[int], bench: Bench, *, quick: bool = False) -> Reports:
    """Grade the answers; then, with the first seed, what may never end: mutants and endless answers.

    The solution and right answers are graded with every seed: none may turn them down. Wrong answers take turns with
    the seeds, so that all are used and a verification stays quick; the starter is graded once.
    `quick` grades a sample of the mutants that the proof says were noticed, and of the wrong answers when the proof
    is one of the present files.
    No mutant is graded when the solution itself does not pass: their verdicts would say nothing. A mutant is judged
    until a check fails, and by the other checks only as long as there is one that nothing has failed.
    """
    first = seeds[0]
    answers = {Case("solution", "", seed): exercise.solution for seed in seeds}
    answers[Case("starter", "", first)] = exercise.starter
    answers |= {Case("right", answer.name, seed): answer.source for answer in right_answers(exercise) for seed in seeds}
    slow: dict[Case, str] = {}
    for number, answer in enumerate(_sampled_wrong(exercise) if quick else wrong_answers(exercise)):
        if answer.verdict is Verdict.TIME_LIMIT:
            slow[Case("wrong", answer.name, first)] = answer.source
        else:
            answers[Case("wrong", answer.name, seeds[number % len(seeds)])] = answer.source
    chosen = sampled_mutants(exercise) if quick else graded_mutants(exercise)
    mutants = {Case("mutant", mutant.id, first): mutant.source for mutant in chosen}
    reports = bench.run(exercise, answers, to_come=len(slow) + len(mutants))
    if all(report.verdict is Verdict.PASSED for report in of_role(reports, "solution")):
        slow |= mutants
    reports |= bench.run(_hurried(exercise, reports, until_failure=True), slow)
    return reports if quick else {**reports, **_in_full(exercise, reports, mutants, bench)}


def _sampled_wrong(exercise: Exercise) -> Sequence[Answer]:
    every = wrong_answers(exercise)
    if not is_proved(exercise) or len(every) <= SAMPLE:
        return every
    return random.Random(exercise.id).sample(every, SAMPLE)


def _in_full(exercise: Exercise, reports: Reports, mutants: Mapping[Case, str], bench: Bench) -> Reports:
    """Reports by all checks on some mutants, until every check has failed something or there is none left."""
    hurried = _hurried(exercise, reports, until_failure=False)
    noticed = [case for case in mutants if case in reports and reports[case].verdict is not Verdict.PASSED]
    idle = set(check_names(exercise)) - caught_by(reports)
    full: dict[Case, Report] = {}
    while idle and noticed:
        some, noticed = noticed[:_AT_A_TIME], noticed[_AT_A_TIME:]
        full |= bench.run(hurried, {case: mutants[case] for case in some}, to_come=0)
        idle -= caught_by(full)
    return full


def _hurried(exercise: Exercise, reports: Reports, *, until_failure: bool) -> Exercise:
    slowest = max(report.seconds.get("run", 0.0) for report in of_role(reports, "solution"))
    wall = min(exercise.limits.wall_seconds, max(_LEAST_SECONDS, _PATIENCE * slowest))
    return replace(exercise, limits=replace(exercise.limits, wall_seconds=wall, until_failure=until_failure))
