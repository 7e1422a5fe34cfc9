"""The kinds find their places in the shipped right answers too, which are written in many styles."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from torchdojo.bugs import bug_kinds
from torchdojo.library import Answer, Library, right_answers

ANSWERS = [
    pytest.param(exercise.id, answer, id=f"{exercise.id}-{answer.file.stem}")
    for exercise in Library().exercises()
    if exercise.bugs
    for answer in right_answers(exercise)
]

#: Where a style leaves a kind nothing to break: its shapes come from a helper, its order from a sampler class, ...
OUT_OF_REACH = 0.2


@cache
def broken(kind: str, source: str) -> str | None:
    """The source broken at the first place that the kind finds in it; None when it finds none."""
    for site in bug_kinds()[kind].sites(source)[:1]:
        name = f"{site.where}.{site.name}" if site.where else site.name
        return bug_kinds()[kind].break_at(source, f"{name}#1")
    return None


def test_most_bugs_can_be_planted_in_most_styles():
    library = Library()
    tried, without = 0, []
    for exercise in library.exercises():
        for answer in right_answers(exercise):
            for bug in exercise.bugs:
                if bug.edit is not None:
                    continue  # Planted by its own words.
                tried += 1
                if broken(bug.kind, answer.source) is None:
                    without.append((answer.name, bug.kind))
    assert len(without) <= OUT_OF_REACH * tried, without


@pytest.mark.parametrize(("exercise_id", "answer"), ANSWERS)
def test_a_place_that_is_found_can_be_broken_and_still_parses(exercise_id: str, answer: Answer):
    exercise = Library().find(exercise_id)
    assert exercise is not None
    for bug in exercise.bugs:
        if (text := broken(bug.kind, answer.source)) is not None:
            assert text != answer.source
            ast.parse(text)
