"""Where events go, and the names they use: ids in order of appearance, places as lines of the script."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

from torchdojo.harness.originals import device_of, frame_at, now

#: Updates that are recorded closely at first; afterwards one stretch of this many in so many stretches is.
_CLOSELY_AT_FIRST, _STRETCH, _STRETCHES = 72, 24, 8
#: Optimizers whose first updates are recorded closely.
_MOST_PHASES = 16

_INNER = re.compile(r"(\.<locals>)?\.?<(listcomp|genexpr|dictcomp|setcomp|lambda)>")

Event = dict[str, Any]

_dtype_names: dict[Any, str] = {}


class Log:
    """The events so far. `script` is the namespace of the script: only frames of its code count as places."""

    def __init__(self, script: dict[str, Any], device: Callable[[Any], str] | None = None) -> None:
        #: Whole events, or the number of a template with the fields that differ: a loop repeats itself.
        self.events: list[Event | tuple[int, Event]] = []
        self.templates: list[Event] = []
        #: Line, function and, where there are several files, the file.
        self.places: list[tuple[int, str] | tuple[int, str, str]] = []
        #: The device of a tensor as the script sees it.
        self.device: Callable[[Any], str] = device or _DeviceNames()
        #: Called when `due_count` events are there or `due_time` has come, to send them on.
        self.due: Callable[[], None] | None = None
        self.due_count = self.due_time = float("inf")
        #: What went wrong in the recorder itself first; the script never notices.
        self.problem: str | None = None
        self._script = script
        self._known_places: dict[int, int] = {}
        self._template_numbers: dict[tuple[Any, ...], int] = {}
        self._ids: dict[int, tuple[Any, int]] = {}
        self._named = 0
        self._forwards_and_losses = 0
        #: Between the stretches that are recorded closely: of training, only losses and rates are noted.
        self.light = False
        #: Parameters are updated by hand, which shows only to somebody who looks closely all the time.
        self.by_hand = False
        self._updates = 0
        self._phase_began = self._phases = 0

    def add(self, kind: str, at: int, **fields: Any) -> None:
        """Note an event."""
        self.put({"t": kind, "at": at, **fields})

    def known(self, key: tuple[Any, ...]) -> int | None:
        """The template with this key, None when it is new; the key begins with the kind of the event."""
        return self._template_numbers.get(key)

    def template(self, key: tuple[Any, ...], fields: Event) -> int:
        """A new template."""
        number = self._template_numbers[key] = len(self.templates)
        self.templates.append({"t": key[0], **fields})
        return number

    def put(self, event: Event | tuple[int, Event]) -> None:
        """Note an event that is complete but for its samples."""
        self.events.append(event)
        if self.due is not None and (len(self.events) >= self.due_count or now() >= self.due_time):
            self.due()

    def failed(self, error: Exception) -> None:
        """The recorder itself failed: an event is missing, the script goes on."""
        if self.problem is None:
            self.problem = f"{type(error).__name__}: {error}"

    def updated(self) -> None:
        """An update was noted: the first ones are recorded closely, then one stretch of them in so many.

        Whole stretches, because what batches have in common shows in how they follow each other; and from update to
        update, so that no evaluation is recorded by halves.
        """
        self._updates += 1
        since = self._updates - self._phase_began
        closely = since < _CLOSELY_AT_FIRST or (self._updates // _STRETCH) % _STRETCHES == 0
        self.light = not (closely or self.by_hand)

    def phase_begins(self) -> None:
        """An optimizer was built: what follows is recorded closely at first, as the beginning of the run was."""
        self._phases += 1
        if self._phases <= _MOST_PHASES:
            self._phase_began = self._updates
            self.light = False

    def number(self) -> int:
        """The id of the next forward or loss."""
        self._forwards_and_losses += 1
        return self._forwards_and_losses - 1

    @property
    def latest(self) -> int:
        """The id that was given to a forward or loss last."""
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
        # Its own frame: the tripwire lets that pass at once.
        frame: FrameType | None = frame_at()
        script = self._script
        while frame is not None:
            # Asking a frame for its code is an audited event; asking for its globals or its line is not.
            if frame.f_globals is script:
                known = self._known_places.get(frame.f_lineno)
                return known if known is not None else self._new_place(frame)
            frame = frame.f_back
        return -1

    def _new_place(self, frame: FrameType) -> int:
        number = self._known_places[frame.f_lineno] = len(self.places)
        self.places.append((frame.f_lineno, readable(frame.f_code.co_qualname)))
        return number


def dtype_name(dtype: Any) -> str:
    """torch's name of a dtype: "float32"."""
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


def readable(name: str) -> str:
    """The name a reader would give the place: "" at top level, no `<locals>`, no comprehension."""
    return "" if name == "<module>" else _INNER.sub("", name).replace(".<locals>", "")
