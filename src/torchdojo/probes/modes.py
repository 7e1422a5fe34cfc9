"""In which mode the root of each forward was, and dropout calls that took no notice of it."""

from __future__ import annotations

from bisect import bisect_right

from torchdojo.domain.trace import Event, Trace


class RootModes:
    """The root's own train/eval flag at each forward."""

    def __init__(self, trace: Trace) -> None:
        self._changes: dict[int, tuple[list[int], list[bool]]] = {}
        for note in trace.notes("modes", "root"):
            numbers, flags = self._changes.setdefault(note["model"], ([], []))
            numbers.append(note["forward"])
            flags.append(note["training"])

    def of(self, forward: Event) -> bool | None:
        """True in train mode, False in eval mode, None when nobody looked."""
        numbers, flags = self._changes.get(forward["model"], ([], []))
        index = bisect_right(numbers, forward["id"])
        return flags[index - 1] if index else None


def heedless_dropouts(trace: Trace) -> dict[int, Event]:
    """The notes of dropout that was active although model and module were in eval mode, by forward."""
    return {note["forward"]: note for note in trace.notes("modes", "dropout")}
