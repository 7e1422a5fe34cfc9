"""Tells code of libraries from code of a script, by the file that the code says it comes from."""

from __future__ import annotations

import functools
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

_FOLDERS = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
)

#: Code that has no file of its own and is no script's.
_NAMELESS = ("<frozen ", "<__array_function__")


def library_test() -> Callable[[str], bool]:
    """Whether a code object's file name is that of a library.

    The folders are looked up once, as spelt and as resolved: inside the sandbox a path may no longer resolve to what it
    did, and a script may have replaced the functions that resolve one.
    """
    roots = library_roots()
    known: dict[str, bool] = {}

    def is_library(file: str) -> bool:
        found = known.get(file)
        if found is None:
            found = known[file] = file.startswith(_NAMELESS) or (file.startswith("/") and file.startswith(roots))
        return found

    return is_library


@functools.cache
def library_roots() -> tuple[str, ...]:
    """The folders of libraries with a slash at the end, in every spelling. Asked for before the fork, this costs a
    child nothing."""
    return tuple(_spellings())


def _spellings() -> Iterator[str]:
    resolved = tuple(f"{Path(folder).resolve()}/" for folder in _FOLDERS)
    yield from (f"{folder}/" for folder in _FOLDERS)
    yield from resolved
    for entry in sys.path:
        if entry.startswith("/") and f"{Path(entry).resolve()}/".startswith(resolved):
            yield f"{entry}/"
