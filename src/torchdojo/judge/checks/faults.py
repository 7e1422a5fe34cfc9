"""Mistakes of an exercise's own files, told by file and line. Nobody who answers the exercise is to blame for them."""

from __future__ import annotations

import traceback
from pathlib import Path

_MOST = 500


class ContentFault(Exception):
    """The exercise's own files cannot judge anybody; the message says where and why."""


def in_words(error: BaseException) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {error}".rstrip(": ")[:_MOST]


def place_of(error: BaseException, folder: Path) -> str:
    """The innermost line of a file in `folder` that took part, e.g. "checks.py:41"; "" when there is none."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).parent == folder:
        return f"{Path(error.filename).name}:{error.lineno}"
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        file = Path(frame.f_code.co_filename)
        if file.parent == folder:
            return f"{file.name}:{line}"
    return ""
