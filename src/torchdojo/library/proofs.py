"""proof.json: written by `verify`, read here; a proof made from other files counts as none."""

from __future__ import annotations

import json

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Proof
from torchdojo.library.folder import PROOF, folder_digest


def read_proof(exercise: Exercise) -> Proof | None:
    """The exercise's proof as written; None when there is none. Raises BadContent when it cannot be read."""
    file = exercise.folder / PROOF
    try:
        return Proof.from_json(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, AttributeError) as error:
        raise BadContent(
            f"{file} cannot be read: {error}.", f"Write it anew: torchdojo verify {exercise.id} --write"
        ) from error


def is_current(exercise: Exercise, proof: Proof) -> bool:
    """Whether the proof was made from the files as they are now."""
    return proof.digest == folder_digest(exercise.folder)
