"""Browse the exercises."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from torchdojo.app.compose import Dojo
from torchdojo.domain.attempt import Progress
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """An exercise and where the learner stands with it."""

    exercise: Exercise
    progress: Progress


def list_exercises(
    dojo: Dojo,
    *,
    track: str | None = None,
    kind: str | None = None,
    level: int | None = None,
    todo: bool = False,
) -> list[ExerciseRow]:
    """The exercises in curriculum order, narrowed down; `todo` leaves out what was passed.

    Raises BadInput for a track or kind that does not exist.
    """
    exercises = dojo.library.exercises()
    if track is not None:
        _refuse_unknown("track", track, sorted({exercise.track for exercise in exercises}))
    if kind is not None:
        _refuse_unknown("kind", kind, [str(known) for known in Kind])
    progress = dojo.store.progress()
    rows = [ExerciseRow(exercise, progress.get(exercise.id) or _untouched(exercise)) for exercise in exercises]
    return [
        row
        for row in rows
        if (track is None or row.exercise.track == track)
        and (kind is None or row.exercise.kind == kind)
        and (level is None or row.exercise.level == level)
        and not (todo and row.progress.passed)
    ]


def find_exercise(dojo: Dojo, exercise_id: str) -> Exercise:
    """The exercise of that name. Raises BadInput with the nearest names, BadContent when its folder is broken."""
    exercise = dojo.library.find(exercise_id)
    if exercise is None:
        raise BadInput(f"There is no exercise {exercise_id!r}.", suggestion(exercise_id, dojo.library.names()))
    return exercise


def suggestion(given: str, known: list[str]) -> str:
    """ "Did you mean ...?", or where to look when nothing is near."""
    wanted = given.lower().replace("_", "-").replace(" ", "-").removesuffix(".py")
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    near += [name for name in known if wanted and (wanted in name or name in wanted) and name not in near]
    if near:
        return f"Did you mean {' or '.join(near[:3])}?"
    if not known:
        return "No exercises were found at all; `torchdojo doctor` says where they are looked for."
    if len(known) <= 8:
        return f"There are: {', '.join(known)}."
    return "`torchdojo list` shows what there is."


def _refuse_unknown(what: str, given: str, known: list[str]) -> None:
    if given not in known:
        raise BadInput(f"There is no {what} {given!r}.", f"There are: {', '.join(known)}.")


def _untouched(exercise: Exercise) -> Progress:
    return Progress(exercise.id, 0, 0.0, False, 0, False, None)
