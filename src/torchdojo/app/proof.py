"""What `verify` proved about an exercise."""

from __future__ import annotations

from torchdojo.app.catalogue import find_exercise
from torchdojo.app.compose import Dojo
from torchdojo.domain.proof import Proof


def proof(dojo: Dojo, exercise_id: str) -> Proof | None:
    """The exercise's proof: per bug alone its runs, solution, starter, right and fake answers, reference curves.

    None when it was never proved, or was changed since.
    """
    return dojo.library.proof(find_exercise(dojo, exercise_id))
