"""The file that somebody works in who rehearses in a terminal: what is saved in it goes into the log."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.practice import read_submission
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise


class WorkFile:
    """The file of one rehearsal. It is the log's copy that counts: a lost file is written again."""

    def __init__(self, room: LiveRoom, path: Path) -> None:
        self.path = path
        self._room = room
        self._stamp: tuple[int, int, int] | None = None

    def take(self) -> bool:
        """Write what was saved since the last look into the log; whether something was.

        A file that is just being replaced or is empty is waited for. Raises BadInput for what is no script.
        """
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        stamp = found.st_mtime_ns, found.st_ino, found.st_size
        if stamp == self._stamp or found.st_size == 0:
            return False
        self._stamp = stamp
        return self._room.write(read_submission(self.path)) is not None


def work_file(room: LiveRoom, exercise: Exercise, directory: Path | None) -> WorkFile:
    """The file of this rehearsal: the one it began with, or a new one in `directory` (by default the current one).

    A file that is there already is never overwritten: the new one gets a number. Raises BadInput when the place
    cannot be written.
    """
    store, name = room.dojo.store, f"mock-file:{room.id}"
    known = store.setting(name)
    if known and directory is None:
        path = Path(known)
        if not path.exists():
            _write(path, room.text.text)
        return WorkFile(room, path)
    path = _new_file((directory or Path()).absolute() / exercise.filename, room.text.text)
    store.save_setting(name, str(path))
    return WorkFile(room, path)


def _new_file(wanted: Path, text: str) -> Path:
    for number in itertools.count(1):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}.mock-{number}{wanted.suffix}")
        if not path.exists():
            _write(path, text)
            return path
    raise AssertionError("numbers do not end")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.", "Choose another place with --dir.") from None
