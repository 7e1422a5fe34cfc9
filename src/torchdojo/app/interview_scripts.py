"""Interview scripts: find them, and print what the interviewer needs."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from torchdojo.app.catalogue import find_exercise
from torchdojo.app.compose import Dojo
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.interview import Interview

if TYPE_CHECKING:
    from torchdojo.paper import Sheet


def scripts(dojo: Dojo) -> list[Interview]:
    """Every sound script, by name."""
    return dojo.library.interviews()


def fitting_exercises(dojo: Dojo, interview: Interview) -> list[Exercise]:
    """What can be put into a script that has no exercise of its own; empty when it has one or takes none."""
    if interview.exercise:
        return []
    return [exercise for exercise in dojo.library.exercises() if exercise.kind in interview.round.kinds]


def find_interview(dojo: Dojo, slug: str) -> Interview:
    """The script of that name. Raises BadInput when there is none, BadContent when it is broken."""
    found = dojo.library.interview(slug)
    if found is None:
        known = [interview.slug for interview in dojo.library.interviews()]
        near = difflib.get_close_matches(slug, known) or known
        raise BadInput(
            f"There is no interview {slug!r}.", f"Did you mean {' or '.join(near)}? torchdojo interview list"
        )
    return found


def exercise_of(dojo: Dojo, interview: Interview, exercise_id: str = "") -> Exercise | None:
    """What it is held with: the exercise named, or else the script's own. Raises BadInput when it does not fit."""
    if interview.exercise and exercise_id not in ("", interview.exercise):
        cure = "any-exercise takes every exercise to debug or to implement."
        raise BadInput(f"{interview.slug} is written for {interview.exercise}, not for {exercise_id}.", cure)
    name = exercise_id or interview.exercise
    if not name:
        return None
    exercise = find_exercise(dojo, name)
    if exercise.kind not in interview.round.kinds:
        kinds = " or ".join(sorted(interview.round.kinds)) or "no exercise"
        raise BadInput(f"{name} is a {exercise.kind} exercise.", f"{interview.slug} takes {kinds}.")
    return exercise


def guide_sheet(dojo: Dojo, slug: str, exercise_id: str = "") -> Sheet:
    """The interviewer's guide, for paper."""
    from torchdojo.paper import interviewer_guide

    interview = find_interview(dojo, slug)
    exercise = exercise_of(dojo, interview, exercise_id)
    source = ""
    if exercise is not None:
        source = debugging_starter(exercise) if exercise.kind is Kind.DEBUG else exercise.solution
    return interviewer_guide(interview, exercise, source)
