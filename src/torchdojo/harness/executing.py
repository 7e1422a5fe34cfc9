"""What running somebody's script as `__main__` needs, whoever asks for it. Nothing here imports torch."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: The package itself.
_OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_MOST_MESSAGE = 500
_GC_THRESHOLDS = (2_000, 20, 50)


class Stopped(BaseException):
    """The run has gone as far as was asked. No `except Exception` of a script catches it."""


@contextmanager
def patient_collector() -> Iterator[None]:
    """What is recorded is kept: the collector need not look at it again and again."""
    thresholds = gc.get_threshold()
    gc.set_threshold(*(max(most, usual) for most, usual in zip(_GC_THRESHOLDS, thresholds, strict=True)))
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def told(error: BaseException) -> str:
    """The error's message, "" when asking for it fails."""
    try:
        return str(error)[:_MOST_MESSAGE]
    except Exception:
        return ""


def raised_at(error: BaseException, is_script: Callable[[str], bool]) -> dict[str, Any]:
    """The innermost line of the script's files that the error passed: file, line, function."""
    if isinstance(error, SyntaxError) and error.filename and is_script(error.filename):
        return {"file": error.filename, "line": error.lineno}
    found: dict[str, Any] = {}
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_script(frame.f_code.co_filename):
            found = {"file": frame.f_code.co_filename, "line": line, "function": frame.f_code.co_qualname}
    return found


def show(error: BaseException, is_script: Callable[[str], bool]) -> None:
    """Print the traceback as Python would, without our own frames."""
    try:
        shown = traceback.TracebackException(type(error), error, error.__traceback__)
        todo: list[traceback.TracebackException | None] = [shown]
        while todo:
            part = todo.pop()
            if part is not None:
                kept = [f for f in part.stack if is_script(f.filename) or not f.filename.startswith(_OUR_FOLDER)]
                part.stack = traceback.StackSummary.from_list(kept)
                todo += [part.__cause__, part.__context__]
        text = "".join(shown.format())
    except Exception:
        text = f"{type(error).__name__}\n"
    print(text, file=sys.stderr, end="", flush=True)
