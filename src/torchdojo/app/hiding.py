"""Whether a script is hidden behind looks: then nothing that would show it, or judge it, is to be had."""

from __future__ import annotations

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput
from torchdojo.domain.looks import Look


def is_hidden(dojo: Dojo, exercise_id: str) -> bool:
    """Whether the exercise's script was hidden and has not been opened yet."""
    if dojo.store.hidden_at(exercise_id) is None:
        return False
    return all(opened.look is not Look.SCRIPT for opened in dojo.store.opened_looks(exercise_id))


def refuse_hidden(dojo: Dojo, exercise_id: str) -> None:
    """Raise BadInput while the exercise's script is hidden."""
    if is_hidden(dojo, exercise_id):
        raise BadInput(
            f"The script of {exercise_id} is still hidden.",
            f"Look at its run first, or open the script itself: torchdojo look {exercise_id} script",
        )
