"""The gradings behind the proof of a debug exercise: which scripts, with which seeds."""

from __future__ import annotations

import random
from collections.abc import Sequence

from torchdojo.authoring.bench import Case
from torchdojo.bugs import derive_starter, inject_only
from torchdojo.domain.exercise import Exercise
from torchdojo.library import fake_answers, right_answers

#: How many of each sort a quick verification grades of an exercise that is proved.
SAMPLE = {"alone": 1, "fake": 1, "right": 2}


def plan(
    exercise: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int], *, sample: bool = False
) -> dict[Case, str]:
    """Every case with its source. The first of `seeds` serves where one run is enough. Raises BadContent.

    `sample` leaves some out, always the same ones: for an exercise whose proof holds it shows that the grader still
    judges as it did.
    """
    cases = _every_case(exercise, seeds, alone_seeds)
    if not sample:
        return cases
    chosen = random.Random(exercise.id)
    kept = {
        role: _some([case.name for case in cases if case.role == role], number, chosen)
        for role, number in SAMPLE.items()
    }
    kept["reverted"] = set()
    return {case: source for case, source in cases.items() if case.name in kept.get(case.role, {case.name})}


def _some(names: Sequence[str], number: int, chosen: random.Random) -> set[str]:
    different = list(dict.fromkeys(names))
    return set(chosen.sample(different, min(number, len(different))))


def _every_case(exercise: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int]) -> dict[Case, str]:
    first = seeds[0]
    every = [bug.id for bug in exercise.bugs]
    starter = derive_starter(exercise)
    cases = {Case("solution", "", seed): exercise.solution for seed in seeds}
    cases |= {Case("starter", "", seed): starter for seed in seeds}
    for bug in every:
        alone = inject_only(exercise, [bug])
        cases |= {Case("alone", bug, seed): alone for seed in alone_seeds}
    if len(every) > 1:
        for bug in every:
            cases[Case("reverted", bug, first)] = inject_only(exercise, [other for other in every if other != bug])
    cases |= {Case("right", answer.name, first): answer.source for answer in right_answers(exercise)}
    cases |= {Case("fake", answer.name, first): answer.source for answer in fake_answers(exercise)}
    return cases
