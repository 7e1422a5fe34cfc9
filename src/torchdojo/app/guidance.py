"""Hints one by one, and the solution for those who earned it or insist."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.hiding import refuse_hidden
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise


@dataclass(frozen=True, slots=True)
class HintState:
    """The hints that are open, as Markdown, and how many there are in all."""

    opened: list[str]
    total: int


@dataclass(frozen=True, slots=True)
class Solution:
    """The reference script and what to take away (Markdown)."""

    source: str
    debrief: str


def hints(dojo: Dojo, exercise_id: str) -> HintState:
    """The hints opened so far."""
    return _state(dojo, find_scripted(dojo, exercise_id))


def open_hint(dojo: Dojo, exercise_id: str) -> HintState:
    """Open the next hint; when all are open, nothing changes. Raises BadInput while the script is hidden."""
    exercise = find_scripted(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    opened = dojo.store.hints_opened(exercise.id)
    if opened < len(exercise.hints):
        dojo.store.open_hint(exercise.id, opened + 1, dojo.clock.now())
    return _state(dojo, exercise)


def solution(dojo: Dojo, exercise_id: str, *, confirmed: bool = False) -> Solution:
    """The solution and the debrief. Raises BadInput before the first attempt, unless `confirmed`, and while the
    script is hidden.

    That it was opened is remembered.
    """
    exercise = find_scripted(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    progress = dojo.store.progress().get(exercise.id)
    if not confirmed and (progress is None or not (progress.attempts or progress.solution_opened)):
        raise BadInput(
            f"You have not tried {exercise.id} yet.",
            f"Grade an attempt first, or insist: torchdojo solution {exercise.id} --yes",
        )
    dojo.store.open_solution(exercise.id, dojo.clock.now())
    return Solution(exercise.solution, exercise.debrief)


def _state(dojo: Dojo, exercise: Exercise) -> HintState:
    opened = dojo.store.hints_opened(exercise.id)
    return HintState(list(exercise.hints[:opened]), len(exercise.hints))
