"""Read what an event's data say, whatever they hold: a log may come from anywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torchdojo.domain.interview import Signal

_MOST = 1e9


def text(data: Mapping[str, Any], key: str) -> str:
    """A text, "" when there is none. Halves of characters and control characters become marks that can be written."""
    value = data.get(key, "")
    return readable(value if isinstance(value, str) else str(value))


def readable(written: str) -> str:
    """`written` as something that every file and page can hold."""
    whole = written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(sign if sign >= " " or sign in "\n\t" else "�" for sign in whole.replace("\r\n", "\n"))


def number(value: object, otherwise: float) -> float:
    """A number of a sensible size, else `otherwise`."""
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST
    return float(value) if fits else otherwise  # type: ignore[arg-type]


def seconds(elapsed: float) -> float:
    """A time since the start that can be drawn."""
    return min(max(elapsed, 0.0), _MOST) if math.isfinite(elapsed) else 0.0


def tables(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """The objects of a list."""
    entries = data.get(key)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, (list, tuple)) else []


def signal(value: object) -> Signal | None:
    """A signal, None for anything else."""
    return next((signal for signal in Signal if signal == value), None)
