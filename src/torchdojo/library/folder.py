"""The role files of an exercise folder: which must be there, which may be, and what else lies around."""

from __future__ import annotations

import hashlib
import os
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
    # Asked of the folder at once: a library has some thousand files, and every command lists it.
    entries = {entry.name: entry for entry in _listing(folder)}
    for name in roles.required:
        if name not in entries or not entries[name].is_file():
            raise BadContent(f"{folder / name} is missing.", f"A {kind} exercise needs {', '.join(roles.required)}.")
    for name, entry in entries.items():
        if name in roles.answers and entry.is_dir():
            for answer in _listing(folder / name):
                if not answer.name.endswith(".py") or not answer.is_file():
                    raise BadContent(
                        f"{answer.path} is no Python file.", f"Only .py files belong in {name}/; remove it."
                    )
        elif name not in (*roles.required, *roles.optional) or not entry.is_file():
            allowed = ", ".join((*roles.required, *roles.optional, *(f"{name}/*.py" for name in roles.answers)))
            raise BadContent(
                f"{entry.path} has no role in a {kind} exercise.", f"Remove it; the folder holds {allowed}."
            )


def role_files(folder: Path) -> list[Path]:
    """Every file the exercise is made of, sorted by name, proof.json left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != PROOF and not _is_litter(*path.relative_to(folder).parts)
    )


def folder_digest(folder: Path) -> str:
    """A fingerprint of everything a proof depends on in the folder: file names and contents."""
    digest = hashlib.sha256()
    for path in role_files(folder):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted((entry for entry in found if not _is_litter(entry.name)), key=lambda entry: entry.name)


def _is_litter(*names: str) -> bool:
    """Byte code that installers write, and hidden files of editors and desktops: nobody's content."""
    return any(name == "__pycache__" or name.startswith(".") for name in names)
