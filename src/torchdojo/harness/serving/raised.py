"""An exception as the judge is told of it: its type, its words, and the line of the submission it came from."""

from __future__ import annotations

import dis
import linecache
import traceback
from types import TracebackType
from typing import Any

_MOST_MESSAGE = 2000
_RAISE = dis.opmap["RAISE_VARARGS"]


def described(error: BaseException, filename: str) -> dict[str, Any]:
    """`type`, `bases` (names of builtin base classes, nearest first), `message`, and `line`, `function`, `text`.

    `own` is whether a `raise` of the submission raises it, and not something that it calls.
    """
    kind = type(error)
    bases = [base.__name__ for base in kind.__mro__ if base.__module__ == "builtins"]
    found: dict[str, Any] = {"type": kind.__name__, "bases": bases, "message": _message(error)}
    found["own"] = _is_own(error.__traceback__, filename)
    found.update(_place(error, filename))
    return found


def _message(error: BaseException) -> str:
    try:
        # str() of a KeyError is the key's repr; the judge makes the exception anew from this very text.
        only = error.args[0] if len(error.args) == 1 and type(error.args[0]) is str else str(error)
        return only[:_MOST_MESSAGE]
    except Exception:
        return ""


def _is_own(trace: TracebackType | None, filename: str) -> bool:
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    # What is written in C leaves no frame: then the last instruction is a call or an operator.
    return code.co_filename == filename and code.co_code[trace.tb_lasti] == _RAISE


def _place(error: BaseException, filename: str) -> dict[str, Any]:
    if isinstance(error, SyntaxError) and error.filename == filename:
        return {"line": error.lineno, "function": "", "text": (error.text or "").strip()}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_code.co_filename == filename:
            name = frame.f_code.co_qualname
            text = linecache.getline(filename, line).strip()
            return {"line": line, "function": "" if name == "<module>" else name, "text": text}
    return {}
