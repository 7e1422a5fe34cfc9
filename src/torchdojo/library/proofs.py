"""proof.json: written by `verify`, read here; a proof made from other files counts as none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Proof
from torchdojo.library.folder import PROOF, folder_digest, role_files


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


class ProvedFacts:
    """What proofs say of the clean runs. Reads a folder again only when one of its files has changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[object, Mapping[str, float] | None]] = {}

    def of(self, exercise: Exercise) -> Mapping[str, float] | None:
        """The figures of the clean run; None without a proof that was made from the files as they are."""
        stamp = _stamp(exercise.folder)
        known = self._known.get(exercise.folder)
        if known is None or known[0] != stamp:
            known = self._known[exercise.folder] = (stamp, _proved_facts(exercise))
        return known[1]


def _stamp(folder: Path) -> object:
    seen = [(path, path.stat()) for path in (*role_files(folder), folder / PROOF) if path.exists()]
    return [(str(path), stat.st_mtime_ns, stat.st_size) for path, stat in seen]


def _proved_facts(exercise: Exercise) -> Mapping[str, float] | None:
    try:
        proof = read_proof(exercise)
    except BadContent:
        return None
    return proof.facts if proof is not None and is_current(exercise, proof) else None
