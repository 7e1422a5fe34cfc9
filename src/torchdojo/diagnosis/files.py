"""Which files are the user's own, and how they are called."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

#: What marks the folder in which a project begins.
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class OwnFiles:
    """The files of the project that `script` belongs to: libraries installed below it are not its own."""

    def __init__(self, script: str) -> None:
        self._script = os.path.realpath(script)
        self._root = _project(os.path.dirname(self._script)) + os.sep
        self._shown_from = os.getcwd()
        libraries = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
        self._foreign = tuple(os.path.realpath(folder) + os.sep for folder in (*libraries, _OURS) if folder)

    def __contains__(self, filename: str) -> bool:
        # What is made at run time has names like "<string>".
        if filename.startswith("<"):
            return False
        path = os.path.realpath(filename)
        if path == self._script:
            return True
        inside = path.startswith(self._root) and not path.startswith(self._foreign)
        return inside and _LIBRARY_FOLDERS.isdisjoint(path.split(os.sep))

    def name(self, filename: str) -> str | None:
        """The file's name as seen from the folder in which the run began; None for files of others."""
        if filename not in self:
            return None
        path = os.path.realpath(filename)
        near = os.path.relpath(path, self._shown_from)
        return path if near.startswith(os.pardir) else near


def _project(folder: str) -> str:
    """The nearest folder that looks like the beginning of a project, else the folder itself."""
    home = Path.home()
    for candidate in (Path(folder), *Path(folder).parents):
        if candidate == home or candidate == candidate.parent:
            break
        if any((candidate / mark).exists() for mark in _MARKS):
            return str(candidate)
    return folder
