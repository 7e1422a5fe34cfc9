"""How a run ended, and where."""

from __future__ import annotations

import re

from torchdojo.domain.trace import Event, Trace


def raised(trace: Trace, error: str, pattern: str) -> Event | None:
    """The end of a run that an exception of this class ended whose message matches; None for any other run."""
    end = trace.end
    if end is None or end["how"] != "exception" or end.get("error") != error:
        return None
    return end if re.search(pattern, str(end.get("message") or "")) else None


def place_of_end(end: Event) -> str:
    """The line where the run ended, "" when that is not in the script."""
    line, function = end.get("line"), str(end.get("function") or "")
    if line is None:
        return ""
    readable = re.sub(r"\.?<[^>]*>", "", function)
    return f"line {line}, {readable}" if readable else f"line {line}"


def message_of(end: Event) -> str:
    """The first line of what Python said, at most 160 characters of it."""
    return str(end.get("message") or "").partition("\n")[0][:160]
