"""How the run ended, in the terms of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torchdojo.domain.report import Verdict
from torchdojo.domain.trace import Trace

_STATUS: Mapping[str, tuple[Verdict, str]] = {
    "time_limit": (Verdict.TIME_LIMIT, "The script ran out of time."),
    "memory_limit": (Verdict.MEMORY_LIMIT, "The script ran out of memory."),
    "output_limit": (Verdict.RUNTIME_ERROR, "The script printed more than is allowed."),
    "forbidden": (Verdict.FORBIDDEN, "The script tried something that is not allowed here."),
    "internal_error": (Verdict.INTERNAL_ERROR, "The script could not be run. This is not your fault."),
    "cancelled": (Verdict.INTERNAL_ERROR, "The run was stopped before it ended."),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """`fault` is None when the script ran to its end; `obstacle` says what hides the rest of the run."""

    fault: Verdict | None
    message: str = ""
    where: str = ""
    obstacle: str = ""


def ending(trace: Trace, broken: str, outcome: Mapping[str, Any] | None, tampered: str = "") -> Ending:
    """Read the closing event, or the process's outcome when there is none.

    `broken` says why the stream of events cannot be trusted; such a run is never counted as finished.
    `tampered` says what a script did to reach the recording, "" when it did not.
    """
    if tampered:
        message = (
            f"The script reached into the process that records it ({tampered}). No fix needs that; take it out to be "
            "judged."
        )
        return Ending(Verdict.FORBIDDEN, message, obstacle="the recording is left alone")
    status = str((outcome or {}).get("status", ""))
    if status in _STATUS and not (broken and status == "cancelled"):  # We stop a run that we no longer trust.
        verdict, message = _STATUS[status]
        detail = str((outcome or {}).get("message", "")).strip()
        return Ending(verdict, f"{message} {detail}".strip(), obstacle="the script runs within its limits")
    if broken:
        message = f"The recorded run cannot be trusted: {broken}."
        return Ending(Verdict.RUNTIME_ERROR, message, obstacle="the recording is left alone")
    end = trace.end
    if end is None:
        detail = str((outcome or {}).get("message", "")).strip()
        message = f"The script's process ended before the script did. {detail}".strip()
        return Ending(Verdict.RUNTIME_ERROR, message, obstacle="the script runs to its end")
    if end["how"] == "exception":
        return _exception(end)
    if end["how"] == "exit":
        code = str(end.get("message"))
        where = _line(end)
        if code in ("None", "0", ""):
            return Ending(None, f"The script left by itself{f' on {where}' if where else ''}.", where)
        message = f"The script left with status {code}."
        return Ending(Verdict.RUNTIME_ERROR, message, where, "the script runs to its end")
    return Ending(None)


def _exception(end: Mapping[str, Any]) -> Ending:
    error, message, where = str(end.get("error")), str(end.get("message") or ""), _line(end)
    verdict = Verdict.RUNTIME_ERROR
    if error in ("ImportError", "ModuleNotFoundError"):
        verdict = Verdict.IMPORT_ERROR
    elif error == "MemoryError":
        verdict = Verdict.MEMORY_LIMIT
    obstacle = f"the {error} on {where} is fixed" if where else f"the {error} is fixed"
    return Ending(verdict, f"{error}: {message}".rstrip(": "), where, obstacle)


def _line(end: Mapping[str, Any]) -> str:
    if not end.get("line"):
        return ""
    function = str(end.get("function") or "")
    known = function and function != "<module>"
    return f"line {end['line']}, {function}" if known else f"line {end['line']}"
