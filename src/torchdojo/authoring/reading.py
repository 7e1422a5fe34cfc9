"""Claims about debug exercises that hold or fail by reading alone: format, names, answers, derivation. Nothing runs."""

from __future__ import annotations

import ast

from torchdojo.authoring.claiming import holds, right_answers_differ, texts_are_written
from torchdojo.bugs import derive_starter, inject_only
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim
from torchdojo.library import check_script_names, fake_answers


def reading_claims(exercise: Exercise) -> list[Claim]:
    """The claims about an exercise whose manifest could be read."""
    return [
        Claim("manifest", True, f"{len(exercise.bugs)} bugs, level {exercise.level}, every key known and filled in"),
        holds("texts are written", lambda: texts_are_written(exercise)),
        holds("solution has the names", lambda: _names(exercise)),
        holds("every bug can be planted", lambda: _planted(exercise)),
        holds("starter", lambda: _starter(exercise)),
        holds("right answers", lambda: right_answers_differ(exercise)),
        holds("fake answers", lambda: _fake(exercise)),
    ]


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


def _fake(exercise: Exercise) -> str:
    answers = fake_answers(exercise)
    for bug in exercise.bugs:
        if not any(bug.id in answer.open for answer in answers):
            raise BadContent(
                f"No fake answer leaves {bug.id} open.",
                f"Write one into {exercise.folder / 'fake'}: a mend of {bug.id} that only looks right.",
            )
    return f"{len(answers)}, at least one for every bug"
