"""Exceptions of the submission, raised again on this side."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from torchdojo.checkers.failures import Raised, SubmissionError
from torchdojo.wire import WireError

_MOST_MESSAGE = 2000


def raised_from(described: Any) -> Raised:
    """What the other side told of an exception. Raises WireError for a malformed telling."""
    if not isinstance(described, Mapping):
        raise WireError("an exception without a description")
    line = described.get("line")
    return Raised(
        type_name=_text(described.get("type"), 100) or "Exception",
        message=_text(described.get("message"), _MOST_MESSAGE),
        line=line if type(line) is int and 0 < line < 1_000_000 else 0,
        function=_text(described.get("function"), 200),
        text=_text(described.get("text"), 300),
        own=described.get("own") is True,
    )


def exception_from(described: Any) -> Exception:
    """An exception to raise here: of the same builtin type, or else a SubmissionError that is also its builtin base."""
    raised = raised_from(described)
    bases = described.get("bases")
    names = [name for name in bases if type(name) is str] if type(bases) is list else []
    error = _made(raised, names)
    error.raised = raised  # type: ignore[attr-defined]
    return error


def told(error: BaseException) -> dict[str, Any]:
    """An exception of a check's own function, for the submission that called it."""
    return {"type": type(error).__name__, "message": str(error)[:_MOST_MESSAGE]}


def _made(raised: Raised, bases: list[str]) -> Exception:
    arguments = (raised.message,) if raised.message else ()
    for name in bases:
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            continue
        try:
            if name == raised.type_name:
                return kind(*arguments)
            if kind is Exception:
                break
            mixed = type(raised.type_name, (SubmissionError, kind), {"type_name": raised.type_name})
            made = mixed(*arguments)
            assert isinstance(made, Exception)
            return made
        except (TypeError, ValueError):  # needs more than a message, e.g. UnicodeDecodeError, or has an impossible name
            continue
    error = SubmissionError(*arguments)
    error.type_name = raised.type_name
    return error


def _text(value: Any, most: int) -> str:
    return value[:most] if type(value) is str else ""
