"""Where events go, and the names they use: ids in order of appearance, places as lines of the script."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from torchdojo.harness.originals import Tensor, device_of, frame_at


class Log:
    """The events so far. `filename` is the script's: only its frames count as places."""

    def __init__(self, filename: str, device: Callable[[Any], str] | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self.places: list[tuple[int, str]] = []
        #: The device of a tensor as the script sees it.
        self.device: Callable[[Any], str] = device or (lambda tensor: str(device_of(tensor)))
        self._filename = filename
        self._known_places: dict[tuple[CodeType, int], int] = {}
        self._ids: dict[int, int] = {}
        self._named: list[Any] = []
        self._forwards_and_losses = 0

    def add(self, kind: str, at: int, **fields: Any) -> None:
        """Note an event."""
        self.events.append({"t": kind, "at": at, **fields})

    def number(self) -> int:
        """The id of the next forward or loss."""
        self._forwards_and_losses += 1
        return self._forwards_and_losses - 1

    def ident(self, thing: Any) -> int:
        """The id of a model, optimizer or loader. It is kept alive, so that no other gets its identity."""
        found = self._ids.get(id(thing))
        if found is None:
            found = self._ids[id(thing)] = len(self._named)
            self._named.append(thing)
        return found

    def at(self) -> int:
        """The innermost line of the script that is being executed; -1 when there is none."""
        frame: FrameType | None = frame_at(1)
        filename = self._filename
        while frame is not None:
            code = frame.f_code
            if code.co_filename == filename:
                key = (code, frame.f_lasti)
                place = self._known_places.get(key)
                if place is None:
                    name = code.co_qualname
                    place = self._known_places[key] = len(self.places)
                    self.places.append((frame.f_lineno, "" if name == "<module>" else name))
                return place
            frame = frame.f_back
        return -1


def first_tensor(values: Any) -> Any:
    """The first tensor among arguments or outputs, looking into tuples, lists and dicts one level deep."""
    if isinstance(values, Tensor):
        return values
    if isinstance(values, dict):
        values = tuple(values.values())
    if isinstance(values, (tuple, list)):
        for value in values:
            if isinstance(value, Tensor):
                return value
    return None
