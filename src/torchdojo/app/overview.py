"""Where the learner stands, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.app.catalogue import list_exercises
from torchdojo.app.compose import Dojo
from torchdojo.domain.attempt import Attempt
from torchdojo.domain.exercise import Exercise, Kind

SHOWN_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """`next_exercise` is the one last worked on if it is not passed, else the first not passed; None when all are."""

    done: int
    total: int
    next_exercise: Exercise | None
    last_attempts: list[Attempt]


def overview(dojo: Dojo) -> Overview:
    """How much is done, what comes next, the latest attempts (latest first)."""
    rows = list_exercises(dojo)
    latest = dojo.store.latest_attempts(SHOWN_ATTEMPTS)
    waiting = [row.exercise for row in rows if not row.progress.passed]
    current = next((e for e in waiting if latest and e.id == latest[0].exercise), None)
    following = current or next(iter(waiting), None)
    return Overview(len(rows) - len(waiting), len(rows), following, latest)


def following_exercise(dojo: Dojo, exercise_id: str) -> Exercise | None:
    """The exercise to go to from this one: the next in order that is not passed, from the start again if need be.

    Computation families are left out: they never come to an end.
    """
    rows = [row for row in list_exercises(dojo) if row.exercise.kind is not Kind.COMPUTE]
    names = [row.exercise.id for row in rows]
    here = names.index(exercise_id) if exercise_id in names else -1
    around = rows[here + 1 :] + rows[: max(here, 0)]
    return next((row.exercise for row in around if not row.progress.passed), None)
