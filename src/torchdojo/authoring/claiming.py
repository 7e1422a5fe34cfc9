"""Claims that exercises of every kind make, and how a claim is made from what a check says."""

from __future__ import annotations

from collections.abc import Callable

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.library import MANIFEST, PLACEHOLDER, right_answers, role_files

#: How many answers an exercise needs before its grading counts as tried from both sides.
LEAST_RIGHT = 2


def holds(name: str, check: Callable[[], str]) -> Claim:
    """The claim that `check` finds nothing wrong; it returns its evidence or raises BadContent."""
    try:
        return Claim(name, True, check())
    except BadContent as fault:
        return Claim(name, False, str(fault))


def texts_are_written(exercise: Exercise) -> str:
    """Every file says something, and nothing of a skeleton is left."""
    files = [file for file in role_files(exercise.folder) if file.name != MANIFEST]
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError as error:
            raise BadContent(f"{file} is not UTF-8 text.", "Save it as UTF-8.") from error
        for number, line in enumerate(lines, start=1):
            if PLACEHOLDER in line:
                raise BadContent(
                    f"{file}, line {number} still reads {line.strip()!r}.", "Replace it with what it asks for."
                )
        if not any(line.strip() for line in lines):
            raise BadContent(f"{file} is empty.", "Write it.")
    return f"{len(files)} files, nothing left to fill in"


def right_answers_differ(exercise: Exercise) -> str:
    """There are enough right answers, and each is another one."""
    answers = right_answers(exercise)
    if len(answers) < LEAST_RIGHT:
        raise BadContent(
            f"{exercise.folder / 'right'} holds {len(answers)} answers.",
            f"Write at least {LEAST_RIGHT} correct answers that differ in style from solution.py.",
        )
    sources = {answer.source: answer.name for answer in answers}
    if len(sources) < len(answers) or exercise.solution in sources:
        raise BadContent(
            f"{exercise.folder / 'right'} repeats an answer.", "Keep each answer once, and none of solution.py."
        )
    return f"{len(answers)} styles besides the solution's"
