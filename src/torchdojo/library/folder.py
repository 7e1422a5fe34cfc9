"""The role files of an exercise folder: which must be there, which may be, and what else lies around."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Kind

MANIFEST = "exercise.toml"
PROOF = "proof.json"
#: Measures the goal of a debugging exercise whose metric is "custom".
GOAL_FILE = "goal.py"

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Roles:
    """File names with a meaning in one kind's folder. `answers` are sub-folders that hold only .py files."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    answers: tuple[str, ...]


ROLES = {
    Kind.DEBUG: Roles(
        required=(MANIFEST, "prompt.md", "solution.py", "debrief.md"),
        optional=(PROOF, GOAL_FILE),
        answers=("right", "fake"),
    ),
    Kind.BASE: Roles(required=(MANIFEST, "prompt.md", "solution.py"), optional=(PROOF, GOAL_FILE), answers=()),
    Kind.IMPLEMENT: Roles(
        required=(MANIFEST, "prompt.md", "starter.py", "solution.py", "checks.py", "debrief.md"),
        optional=(PROOF, "support.py"),
        answers=("right", "wrong"),
    ),
    Kind.COMPUTE: Roles(required=(MANIFEST, "prompt.md", "generate.py", "debrief.md"), optional=(PROOF,), answers=()),
}


def check_files(folder: Path, kind: Kind) -> None:
    """Raise BadContent when a role file is missing or anything else lies in the folder."""
    roles = ROLES[kind]
    for name in roles.required:
        if not (folder / name).is_file():
            raise BadContent(f"{folder / name} is missing.", f"A {kind} exercise needs {', '.join(roles.required)}.")
    for path in _listing(folder):
        if path.name in roles.answers and path.is_dir():
            for answer in _listing(path):
                if answer.suffix != ".py" or not answer.is_file():
                    raise BadContent(
                        f"{answer} is no Python file.", f"Only .py files belong in {path.name}/; remove it."
                    )
        elif path.name not in (*roles.required, *roles.optional) or not path.is_file():
            allowed = ", ".join((*roles.required, *roles.optional, *(f"{name}/*.py" for name in roles.answers)))
            raise BadContent(f"{path} has no role in a {kind} exercise.", f"Remove it; the folder holds {allowed}.")


def role_files(folder: Path) -> list[Path]:
    """Every file the exercise is made of, sorted by name, proof.json left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != PROOF and not _is_litter(path.relative_to(folder))
    )


def folder_digest(folder: Path) -> str:
    """A fingerprint of everything a proof depends on in the folder: file names and contents."""
    digest = hashlib.sha256()
    for path in role_files(folder):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _listing(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not _is_litter(Path(path.name)))


def _is_litter(path: Path) -> bool:
    """Byte code that installers write, and hidden files of editors and desktops: nobody's content."""
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)
