"""The interviews that come with torchdojo have everything their sources ask for."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from torchdojo.domain.interview import QUESTION_LEVELS
from torchdojo.interview.older_schemes import FLAG_NAMES
from torchdojo.library import Library

LIBRARY = Library()
SCORING = Path(__file__).parents[3] / "docs" / "scoring.md"
NAMES = ["any-exercise", "concepts", "diagnosis", "multi-head-attention", "spiral-classifier", "tiny-regressor"]


def numbered(prefix: str, first: int, last: int) -> set[str]:
    return {f"{prefix}{number}" for number in range(first, last + 1)}


#: Of the room itself are G-2 (nothing for candidates' eyes) and G-14 (alone): no script can meet them.
REQUIRED = (
    numbered("R000-", 14, 77)
    | numbered("R001-", 1, 55)
    | numbered("R002-", 23, 27)
    | numbered("E000-", 1, 10)
    | numbered("E001-", 1, 11)
    | numbered("C-", 5, 11)
    | {"C-26", "G-1", "G-28"}
    | numbered("G-", 3, 9)
)


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.lower()) if len(word) > 3]


@pytest.fixture(scope="module", params=NAMES)
def interview(request):
    found = LIBRARY.interview(request.param)
    assert found is not None
    return found


def test_all_of_them_are_sound():
    assert [interview.slug for interview in LIBRARY.interviews()] == NAMES == LIBRARY.interview_names()


def test_every_requirement_is_met_by_a_piece_of_some_interview_or_its_exercise():
    covered = set()
    for interview in LIBRARY.interviews():
        covered |= {each for found in interview.covers.values() for each in found}
        if (exercise := LIBRARY.find(interview.exercise)) is not None:
            covered |= set(exercise.requirements)
    assert sorted(REQUIRED - covered) == []


@pytest.mark.parametrize(("name", "bugs", "questions"), [("spiral-classifier", 8, 17), ("tiny-regressor", 7, 14)])
def test_a_debug_round_can_help_with_and_ask_about_every_bug_of_its_exercise(name, bugs, questions):
    interview, exercise = LIBRARY.interview(name), LIBRARY.find(name)
    assert interview is not None
    assert exercise is not None
    about = [question.bug for question in interview.questions(exercise) if question.bug]
    assert (len(exercise.bugs), len(about)) == (bugs, questions)
    assert set(about) == {nudge.bug for nudge in interview.nudges(exercise) if nudge.bug}
    assert set(about) == {bug.id for bug in exercise.bugs}
    assert {question.level for question in interview.questions(exercise)} == set(QUESTION_LEVELS)
    assert 45 <= interview.minutes <= 60


def test_nudges_begin_vague_and_cheap_and_end_pointed_and_dear(interview):
    for stage in interview.stages:
        prices = [nudge.price for nudge in stage.nudges]
        assert all(first <= second for first, second in pairwise(prices)), stage.id
    cheapest = min(nudge.price for stage in interview.stages for nudge in stage.nudges)
    assert cheapest < interview.nudge_price


def test_what_is_read_aloud_names_no_bug_and_nothing_that_is_looked_for(interview):
    exercise = LIBRARY.find(interview.exercise)
    hidden = [bug.title for bug in exercise.bugs] if exercise else []
    hidden += [look_for.text for stage in interview.stages for look_for in stage.look_fors]
    for spoken in [interview.handout, *(stage.say for stage in interview.stages)]:
        told = set(words(spoken))
        assert [text for text in hidden if set(words(text)) <= told] == []


def test_anchors_tell_three_signals_apart(interview):
    for criterion in interview.criteria:
        assert len({text.strip().lower() for text in criterion.anchors.values()}) == 3, criterion.id


def test_the_documentation_maps_every_criterion_to_the_older_scheme_or_says_that_there_is_none():
    table = SCORING.read_text(encoding="utf-8").split("| there | here |\n|---|---|\n")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.*) \| (.*) \|$", table, re.MULTILINE)
    documented = {name: there for there, here in rows for name in re.findall(r"`(\w+)`", here)}
    ours = {criterion.id for interview in LIBRARY.interviews() for criterion in interview.criteria}
    assert set(documented) == ours
    assert {name: there for name, there in documented.items() if there != "(none)"} == FLAG_NAMES
