"""Where events go, and the names they use: ids in order of appearance, places as lines of the script."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from torchdojo.harness.originals import device_of, dtype_of, frame_at, now
from torchdojo.harness.recorder.deferred import Deferred

_INNER = re.compile(r"(\.<locals>)?\.?<(listcomp|genexpr|dictcomp|setcomp|lambda)>")

_dtype_names: dict[Any, str] = {}


class Log:
    """The events so far. `filename` is the script's: only its frames count as places."""

    def __init__(self, filename: str, device: Callable[[Any], str] | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self.places: list[tuple[int, str]] = []
        self.deferred = Deferred()
        #: The device of a tensor as the script sees it.
        self.device: Callable[[Any], str] = device or _DeviceNames()
        #: Called when `due_count` events are there or `due_time` has come, to send them on.
        self.due: Callable[[], None] | None = None
        self.due_count = self.due_time = float("inf")
        #: What went wrong in the recorder itself first; the script never notices.
        self.problem: str | None = None
        self._filename = filename
        self._known_places: dict[tuple[int, int], int] = {}
        self._place_numbers: dict[tuple[int, str], int] = {}
        # An id is only unique while its object lives.
        self._codes: list[CodeType] = []
        self._ids: dict[int, tuple[Any, int]] = {}
        self._named = 0
        self._forwards_and_losses = 0

    def add(self, kind: str, at: int, **fields: Any) -> None:
        """Note an event."""
        self.put({"t": kind, "at": at, **fields})

    def put(self, event: dict[str, Any]) -> None:
        """Note an event that is complete but for deferred numbers."""
        self.events.append(event)
        if self.due is not None and (len(self.events) >= self.due_count or now() >= self.due_time):
            self.due()

    def complete(self) -> None:
        """Fill in the numbers that events still wait for."""
        self.deferred.fill()

    def failed(self, error: Exception) -> None:
        """The recorder itself failed: an event is missing, the script goes on."""
        if self.problem is None:
            self.problem = f"{type(error).__name__}: {error}"

    def number(self) -> int:
        """The id of the next forward or loss."""
        self._forwards_and_losses += 1
        return self._forwards_and_losses - 1

    def ident(self, thing: Any) -> int:
        """The id of a model, optimizer or loader."""
        found = self._ids.get(id(thing))
        if found is not None and found[0]() is thing:
            return found[1]
        number = self._named
        self._named += 1
        try:
            reference: Any = weakref.ref(thing)
        except TypeError:
            reference = lambda: thing  # noqa: E731  kept alive, so that no other gets its identity
        self._ids[id(thing)] = (reference, number)
        return number

    def at(self) -> int:
        """The innermost line of the script that is being executed; -1 when there is none."""
        frame: FrameType | None = frame_at(1)
        filename = self._filename
        while frame is not None:
            code = frame.f_code
            if code.co_filename == filename:
                known = self._known_places.get((id(code), frame.f_lasti))
                return known if known is not None else self._new_place(frame)
            frame = frame.f_back
        return -1

    def _new_place(self, frame: FrameType) -> int:
        code = frame.f_code
        place = (frame.f_lineno, _readable(code.co_qualname))
        number = self._place_numbers.get(place)
        if number is None:
            number = self._place_numbers[place] = len(self.places)
            self.places.append(place)
        self._codes.append(code)
        self._known_places[id(code), frame.f_lasti] = number
        return number


def dtype_name(tensor: Any) -> str:
    """torch's name of a tensor's dtype: "float32"."""
    dtype = dtype_of(tensor)
    name = _dtype_names.get(dtype)
    if name is None:
        name = _dtype_names[dtype] = str(dtype).removeprefix("torch.")
    return name


class _DeviceNames:
    """str(tensor.device), remembered: making the string costs more than all the rest."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}

    def __call__(self, tensor: Any) -> str:
        device = device_of(tensor)
        name = self._names.get(device)
        if name is None:
            name = self._names[device] = str(device)
        return name


def _readable(name: str) -> str:
    """The name a reader would give the place: "" at top level, no `<locals>`, no comprehension."""
    return "" if name == "<module>" else _INNER.sub("", name).replace(".<locals>", "")
