"""Claims that hold or fail by reading alone: format, names, answers, derivation. Nothing of the exercise runs."""

from __future__ import annotations

import ast
from collections.abc import Callable

from torchdojo.bugs import derive_starter, inject_only
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.library import MANIFEST, PLACEHOLDER, check_script_names, fake_answers, right_answers, role_files

#: How many answers an exercise needs before its grading counts as tried from both sides.
LEAST_RIGHT = 2


def reading_claims(exercise: Exercise) -> list[Claim]:
    """The claims about an exercise whose manifest could be read."""
    return [
        Claim("manifest", True, f"{len(exercise.bugs)} bugs, level {exercise.level}, every key known and filled in"),
        _holds("texts are written", lambda: _written(exercise)),
        _holds("solution has the names", lambda: _names(exercise)),
        _holds("every bug can be planted", lambda: _planted(exercise)),
        _holds("starter", lambda: _starter(exercise)),
        _holds("right answers", lambda: _right(exercise)),
        _holds("fake answers", lambda: _fake(exercise)),
    ]


def _holds(name: str, check: Callable[[], str]) -> Claim:
    try:
        return Claim(name, True, check())
    except BadContent as fault:
        return Claim(name, False, str(fault))


def _written(exercise: Exercise) -> str:
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


def _names(exercise: Exercise) -> str:
    check_script_names(exercise)
    entries = exercise.entries
    names = (entries.data, entries.model, entries.train, entries.validate, entries.main)
    return f"solution.py defines {', '.join(dict.fromkeys(name for name in names if name))}"


def _planted(exercise: Exercise) -> str:
    for bug in exercise.bugs:
        if inject_only(exercise, [bug.id]) == exercise.solution:
            raise BadContent(f"Planting {bug.id} alone changes nothing.", "Choose another site or edit.")
        others = [other.id for other in exercise.bugs if other is not bug]
        ast.parse(inject_only(exercise, others))
    return f"{len(exercise.bugs)} bugs, each alone and all but each"


def _starter(exercise: Exercise) -> str:
    starter = derive_starter(exercise)
    changed = set(exercise.solution.splitlines()) ^ set(starter.splitlines())
    return f"derived from solution.py, {len(changed)} lines differ, no comment names a bug"


def _right(exercise: Exercise) -> str:
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


def _fake(exercise: Exercise) -> str:
    answers = fake_answers(exercise)
    for bug in exercise.bugs:
        if not any(bug.id in answer.open for answer in answers):
            raise BadContent(
                f"No fake answer leaves {bug.id} open.",
                f"Write one into {exercise.folder / 'fake'}: a mend of {bug.id} that only looks right.",
            )
    return f"{len(answers)}, at least one for every bug"
