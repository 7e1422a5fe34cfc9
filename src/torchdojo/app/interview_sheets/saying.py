"""How a sheet says times, points and signals."""

from __future__ import annotations

from datetime import datetime

from torchdojo.domain.interview import Signal


def points_told(points: float, of: float) -> str:
    """How many points of how many, or what is taken away."""
    return f"{points:.1f} of {of:g}" if of else f"{points:+.1f}".replace("-", "−")


def signal_told(signal: Signal | None) -> str:
    """A signal in words."""
    return "not rated" if signal is None else str(signal)


def clock(seconds: float | None) -> str:
    """Seconds as minutes and seconds."""
    whole = int(seconds or 0)
    return f"{whole // 60}:{whole % 60:02d}"


def minutes_told(minutes: float) -> str:
    """A number of minutes in words."""
    return f"{minutes:g} {'minute' if minutes == 1 else 'minutes'}"


def when(moment: datetime | None) -> str:
    """A moment by the calendar."""
    return "not begun" if moment is None else f"{moment:%d %B %Y, %H:%M} UTC"


def moment_told(at: float | None) -> str:
    """When something was seen, to stand behind it."""
    return "" if at is None else f" · {clock(at)}"


STEPS = {None: "–", 0: "", 1: "one step", 2: "two steps"}
