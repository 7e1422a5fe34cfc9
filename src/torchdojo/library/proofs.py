"""proof.json: written by `verify`, read here; a proof made from other files counts as none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
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


def write_proof(exercise: Exercise, proof: Proof) -> Path:
    """Write proof.json, laid out so that equal proofs are equal files; says where."""
    file = exercise.folder / PROOF
    text = json.dumps(proof.to_json(), indent=1, sort_keys=True, ensure_ascii=False)
    part = file.with_suffix(".json.part")
    part.write_text(_with_short_lists(text) + "\n", encoding="utf-8")
    part.replace(file)
    return file


def torch_version() -> str:
    """The installed PyTorch's release, without its build; "" when there is none."""
    try:
        return version("torch").partition("+")[0]
    except PackageNotFoundError:
        return ""


def is_current(exercise: Exercise, proof: Proof) -> bool:
    """Whether the proof was made from the files as they are now."""
    return proof.digest == folder_digest(exercise.folder)


def is_proved(exercise: Exercise) -> bool:
    """Whether a proof made from the files as they are now says that every claim holds."""
    try:
        proof = read_proof(exercise)
    except BadContent:
        return False
    return proof is not None and proof.ok and is_current(exercise, proof)


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


def _with_short_lists(text: str) -> str:
    """Lists of numbers on one line each: a proof is read by people too."""
    lines: list[str] = []
    numbers: list[str] | None = None
    for line in text.splitlines():
        if line.endswith("["):
            if numbers is not None:
                lines.extend(numbers)
            numbers = [line]
        elif numbers is not None and _is_number(line):
            numbers.append(line)
        elif numbers is not None and line.strip() in ("]", "],"):
            lines.append(numbers[0] + " ".join(part.strip() for part in numbers[1:]) + line.strip())
            numbers = None
        else:
            lines.extend(numbers or ())
            numbers = None
            lines.append(line)
    return "\n".join(lines)


def _is_number(line: str) -> bool:
    word = line.strip().rstrip(",")
    return word in ("null", "true", "false") or word.lstrip("-")[:1].isdigit()
