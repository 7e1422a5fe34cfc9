"""The gradings behind the proof of an implement exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from torchdojo.authoring.bench import Bench, Case
from torchdojo.authoring.implement.changes import graded_mutants, sampled_mutants
from torchdojo.authoring.judging import Reports, of_role
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Verdict
from torchdojo.library import right_answers, wrong_answers

_SEEDS_OF_WRONG = 2

#: A changed solution that needs so many times as long as the solution will not end any more.
_PATIENCE = 10
_LEAST_SECONDS = 3.0


def run(exercise: Exercise, seeds: Sequence[int], bench: Bench, *, quick: bool = False) -> Reports:
    """Grade the answers; then, with the first seed, what may never end: mutants and endless answers.

    The solution and right answers are graded with every seed: none may turn them down. Wrong answers take turns with
    pairs of seeds, so that all seeds are used and a verification stays quick; the starter is graded once.
    `quick` grades a sample of the mutants that the proof says were noticed.
    No mutant is graded when the solution itself does not pass: their verdicts would say nothing.
    """
    first = seeds[0]
    answers = {Case("solution", "", seed): exercise.solution for seed in seeds}
    answers[Case("starter", "", first)] = exercise.starter
    answers |= {Case("right", answer.name, seed): answer.source for answer in right_answers(exercise) for seed in seeds}
    slow: dict[Case, str] = {}
    for number, answer in enumerate(wrong_answers(exercise)):
        if answer.verdict is Verdict.TIME_LIMIT:
            slow[Case("wrong", answer.name, first)] = answer.source
        else:
            turn = {seeds[(number + step) % len(seeds)] for step in range(_SEEDS_OF_WRONG)}
            answers |= {Case("wrong", answer.name, seed): answer.source for seed in sorted(turn)}
    chosen = sampled_mutants(exercise) if quick else graded_mutants(exercise)
    mutants = {Case("mutant", mutant.id, first): mutant.source for mutant in chosen}
    reports = bench.run(exercise, answers, to_come=len(slow) + len(mutants))
    if all(report.verdict is Verdict.PASSED for report in of_role(reports, "solution")):
        slow |= mutants
    return {**reports, **bench.run(_hurried(exercise, reports), slow)}


def _hurried(exercise: Exercise, reports: Reports) -> Exercise:
    slowest = max(report.seconds.get("run", 0.0) for report in of_role(reports, "solution"))
    wall = min(exercise.limits.wall_seconds, max(_LEAST_SECONDS, _PATIENCE * slowest))
    return replace(exercise, limits=replace(exercise.limits, wall_seconds=wall))
