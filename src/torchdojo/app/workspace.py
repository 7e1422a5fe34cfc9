"""The learner's own file: written once, never overwritten."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from torchdojo.app.catalogue import find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.own_file import grades_itself, with_grading
from torchdojo.app.practice import starter
from torchdojo.domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the file is, whether it was written just now, and where a reset put the former text.

    A new file that `grades_itself` is graded by running it.
    """

    path: Path
    created: bool
    backup: Path | None = None
    grades_itself: bool = False


def start_exercise(dojo: Dojo, exercise_id: str, directory: Path | None, *, reset: bool = False) -> Workspace:
    """Write the starter into `directory` (by default the current one) under the exercise's file name.

    An implement exercise's file is graded by running it.
    A file that exists stays as it is; with `reset` it is copied beside itself first and then replaced.
    Raises BadInput when the place cannot be written.
    """
    exercise = find_scripted(dojo, exercise_id)
    text = with_grading(exercise, starter(dojo, exercise.id)).encode()
    path = (directory or Path()) / exercise.filename
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise BadInput(f"{path} is a folder.", "Choose another place with --dir.")
        if _write_new(path, text):
            return Workspace(path, created=True, grades_itself=grades_itself(exercise))
        if not reset:
            return Workspace(path, created=False)
        former = path.read_bytes()
        if former == text:
            return Workspace(path, created=False)
        backup = _keep(path, former)
        _replace(path, text)
    except OSError as error:
        raise BadInput(
            f"{error.filename or path} cannot be written: {error.strerror}.", "Choose another place with --dir."
        ) from None
    return Workspace(path, created=True, backup=backup, grades_itself=grades_itself(exercise))


def _write_new(path: Path, data: bytes) -> bool:
    """Write a file that does not exist yet; False when it does. Nothing half-written stays behind."""
    try:
        with path.open("xb") as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        return False
    return True


def _keep(path: Path, data: bytes) -> Path:
    number = 1
    while True:
        backup = path.with_name(f"{path.stem}.backup-{number}{path.suffix}")
        if _write_new(backup, data):
            return backup
        number += 1


def _replace(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file in one step, following a link to where the text really lies."""
    real = path.resolve()
    fresh = real.with_name(f".{real.name}.new")
    try:
        fresh.write_bytes(data)
        os.chmod(fresh, real.stat().st_mode & 0o777)
        os.replace(fresh, real)
    finally:
        fresh.unlink(missing_ok=True)
