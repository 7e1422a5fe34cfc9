"""What a candidate is given to read in an interview: the task, no priced nudge, and not how many bugs there are."""

from __future__ import annotations

import re

import pytest

from torchdojo.app.candidate_tasks import candidate_task, shortened
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Interview, Nudge
from torchdojo.library import Library

LIBRARY = Library()
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COMMON = frozenset({"what", "which", "where", "does", "that", "with", "this", "them", "from", "have", "they", "there"})


def held_with(interview: Interview) -> list[Exercise]:
    """What an interview can be held with: its own exercise, or all that fit."""
    if interview.exercise:
        found = LIBRARY.find(interview.exercise)
        return [found] if found else []
    return [exercise for exercise in LIBRARY.exercises() if exercise.kind in interview.round.kinds]


PAIRS = [(interview, exercise) for interview in LIBRARY.interviews() for exercise in held_with(interview)]
DEBUGGING = [(interview, exercise) for interview, exercise in PAIRS if exercise.bugs]


def stems(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {word.removesuffix("s") for word in words if len(word) > 3 and word not in COMMON}


def told(text: str, nudge: Nudge, share: float) -> bool:
    """Whether one paragraph has most of what a nudge speaks of."""
    sought = stems(nudge.text)
    return any(len(sought & stems(part)) >= share * len(sought) for part in re.split(r"\n\s*\n|\n- ", text))


def given_away(interview: Interview, exercise: Exercise, text: str) -> list[str]:
    """The priced nudges that it has. A script for any exercise shares words of the task with it, and only those."""
    share, words = (0.6, 4) if interview.exercise else (0.85, 5)
    nudges = [nudge for nudge in interview.nudges(exercise) if nudge.price and len(stems(nudge.text)) >= words]
    return [nudge.id for nudge in nudges if told(text, nudge, share)]


def counted(text: str, bugs: int) -> bool:
    """Whether it says how many bugs there are."""
    number = rf"\b(?:{NUMBERS[bugs] if bugs < len(NUMBERS) else bugs}|{bugs})\b"
    return re.search(rf"{number}\W+(?:\w+\W+)?(?:bug|fault|mistake)s?\b(?! stops)", text.lower()) is not None


def test_all_six_interviews_are_looked_at() -> None:
    assert {interview.slug for interview, _ in PAIRS} | {"concepts"} == {each.slug for each in LIBRARY.interviews()}
    assert len(DEBUGGING) > 40


@pytest.mark.parametrize(
    ("slug", "nudge"), [("tiny-regressor", "list-of-invariants"), ("spiral-classifier", "one-batch")]
)
def test_what_is_searched_for_stands_in_the_whole_prompt(slug: str, nudge: str) -> None:
    interview, exercise = next(pair for pair in DEBUGGING if pair[0].slug == slug)
    assert nudge in given_away(interview, exercise, exercise.prompt)
    spirals = next(exercise for interview, exercise in DEBUGGING if interview.slug == "spiral-classifier")
    assert counted(spirals.prompt, len(spirals.bugs))


@pytest.mark.parametrize(
    ("interview", "exercise"), [pytest.param(*pair, id=f"{pair[0].slug}-{pair[1].id}") for pair in DEBUGGING]
)
def test_a_candidate_reads_no_priced_nudge_and_no_count_of_bugs(interview: Interview, exercise: Exercise) -> None:
    text = candidate_task(exercise)
    assert given_away(interview, exercise, text) == []
    assert not counted(text, len(exercise.bugs))
    assert exercise.filename in text
    if "## The rules" in exercise.prompt:
        assert "## The rules" in text


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("There are **eight bugs**. Mend them.", "There are **bugs**. Mend them."),
        ("There is **one bug**. Find it in ten minutes.", "There are **bugs**. Find what is wrong in ten minutes."),
        ("Three bugs have been planted.", "Bugs have been planted."),
        ("One bug has been planted.", "Bugs have been planted."),
        ("Only one fault stops the script.", "Only one fault stops the script."),
        ("Loss.\n\n## A way to work\n\nRead.\n\n## The task\n\nFit.", "Loss.\n\n## The task\n\nFit."),
    ],
)
def test_counts_and_advice_are_left_out(prompt: str, expected: str) -> None:
    assert shortened(prompt) == expected + "\n"


def test_of_an_exercise_to_implement_everything_is_the_task() -> None:
    attention = LIBRARY.find("multi-head-attention")
    assert attention is not None
    assert candidate_task(attention) == attention.prompt
