"""Layers that are built while a model runs.

`layers`, once for each place at the end: model (class of the root), cls (of the layer), tensors (parameters of one),
forwards (forwards looked into in which such a layer was built and used with gradients recorded), looked (forwards of
the model that were looked into since the first of them), alike (whether every one of them began with the same values),
owned (how many of the layers an optimizer held in the end). Layers without parameters that want gradients are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import Module, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.looks import Call, Look, looks_of
from torchdojo.harness.recorder.numbers import Array
from torchdojo.harness.recorder.owners import own_parameters, owners_of, same_values, some_values


class _Place:
    """The layers that one line brings forth."""

    def __init__(self, look: Look, call: Call, at: int) -> None:
        parameters = own_parameters(call.module, trainable=True)
        self.model = type(look.root).__name__
        self.cls = type(call.module).__name__
        self.at = at
        self.root = weak(look.root)
        self.tensors = len(parameters)
        self.first: list[Array] = [some_values(p) for p in parameters]
        self.parameters: list[Any] = []
        self.alike = True
        self.forwards: set[int] = set()
        self.looked: set[int] = set()

    def add(self, look: Look, call: Call) -> None:
        parameters = own_parameters(call.module, trainable=True)
        now = [some_values(p) for p in parameters]
        same = len(now) == len(self.first) and all(map(same_values, self.first, now))
        self.alike = self.alike and same
        self.forwards.add(look.number)
        self.parameters += [weak(p) for p in parameters]


class Births:
    """Notices modules that are built inside a forward that is looked into."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._looks = looks_of(bus)
        self._born: list[tuple[Any, int]] = []
        self._places: dict[tuple[int, str], _Place] = {}
        self._looks.begins.append(self._begin)
        self._looks.ends.append(self._end)
        bus.script_ends.append(self._tell)
        bus.replace(Module, "__init__", self._wrap_init)

    def _wrap_init(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(module: Any, *args: Any, **kwargs: Any) -> None:
            original(module, *args, **kwargs)
            if self._looks.current is not None and not self._bus.experimenting:
                try:
                    self._born.append((weak(module), self._bus.log.at()))
                except Exception as error:
                    self._bus.log.failed(error)

        return init

    def _begin(self, look: Look) -> None:
        self._born = []

    def _end(self, look: Look) -> None:
        # Called modules are alive as long as the look is.
        born = {id(module): at for ref, at in self._born if (module := ref()) is not None}
        self._born = []
        for call in look.calls:
            at = born.get(id(call.module))
            if at is not None and call.grad and own_parameters(call.module, trainable=True):
                key = (at, type(call.module).__name__)
                self._places.setdefault(key, _Place(look, call, at)).add(look, call)
        for place in self._places.values():
            if place.root() is look.root:
                place.looked.add(look.number)

    def _tell(self) -> None:
        for place in self._places.values():
            self._bus.note(
                "births",
                "layers",
                at=place.at,
                model=place.model,
                cls=place.cls,
                tensors=place.tensors,
                forwards=len(place.forwards),
                looked=len(place.looked),
                alike=place.alike,
                owned=sum(self._owners.owns(p) for ref in place.parameters if (p := ref()) is not None),
            )


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Births(bus)
