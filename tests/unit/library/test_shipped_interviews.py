"""The interviews that come with torchdojo have everything their sources ask for."""

from __future__ import annotations

import pytest

from torchdojo.library import Library

LIBRARY = Library()
NAMES = ["any-exercise", "concepts", "diagnosis", "multi-head-attention", "spiral-classifier", "tiny-regressor"]


def numbered(prefix: str, first: int, last: int) -> set[str]:
    return {f"{prefix}{number}" for number in range(first, last + 1)}


#: Two of the first script's points are lines of the exercise's starter, not of the interview.
REQUIRED = numbered("R000-", 14, 77) | numbered("R001-", 22, 55) | numbered("R002-", 23, 27)


def test_all_of_them_are_sound():
    assert [interview.slug for interview in LIBRARY.interviews()] == NAMES == LIBRARY.interview_names()


def test_every_requirement_is_met_by_a_piece_of_some_interview():
    covered = {each for interview in LIBRARY.interviews() for found in interview.covers.values() for each in found}
    assert sorted(REQUIRED - covered) == []


@pytest.mark.parametrize(("name", "bugs", "questions"), [("spiral-classifier", 8, 17), ("tiny-regressor", 7, 19)])
def test_a_debug_round_asks_about_every_bug_of_its_exercise(name, bugs, questions):
    interview, exercise = LIBRARY.interview(name), LIBRARY.find(name)
    assert interview is not None
    assert exercise is not None
    asked = interview.questions(exercise)
    assert len(asked) == questions
    assert {question.bug for question in asked} >= {bug.id for bug in exercise.bugs}
    assert len(exercise.bugs) == bugs
    assert 45 <= interview.minutes <= 60
