"""Layers that work inside a model which does not know them, and so are in no list of its parameters.

`layers`, once for each model at the end: model (class), modules (the classes of such layers, in order of use), tensors
(parameters they have), owned (those that an optimizer held), moved (those whose values changed all the same), steps
(updates between the first and the last look). Only layers that were used in at least two forwards, in train mode and
with gradients recorded, whose parameters want gradients.
"""

from __future__ import annotations

from typing import Any

from torchdojo.harness.originals import weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.looks import Call, Look, looks_of
from torchdojo.harness.recorder.numbers import Array
from torchdojo.harness.recorder.owners import Owners, own_parameters, owners_of, same_values, some_values

#: Classes named of one model.
_MOST_NAMED = 8


class _Stranger:
    """One such layer."""

    def __init__(self, call: Call, updates: int) -> None:
        self.module = weak(call.module)
        self.cls = type(call.module).__name__
        self.at = call.at
        self.forwards = 0
        self.first = self.last = updates
        self.parameters = [(weak(p), some_values(p)) for p in own_parameters(call.module, trainable=True)]
        self.owned = self.moved = 0

    def again(self, updates: int, owners: Owners) -> None:
        self.forwards += 1
        self.last = updates
        living = [(p, before) for ref, before in self.parameters if (p := ref()) is not None]
        self.owned = sum(owners.owns(p) for p, _ in living)
        self.moved = sum(_differs(p, before) for p, before in living)


def _differs(parameter: Any, before: Array) -> bool:
    return not same_values(before, some_values(parameter))


class Unregistered:
    """Collects the layers model by model."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._found: dict[int, tuple[str, dict[int, _Stranger]]] = {}
        looks_of(bus).ends.append(self._look)
        bus.script_ends.append(self._tell)

    def _look(self, look: Look) -> None:
        met: set[int] = set()
        for call in look.calls:
            module = call.module
            if id(module) in met or not (call.grad and module.training) or look.name(module) is not None:
                continue
            if not own_parameters(module, trainable=True):
                continue
            met.add(id(module))
            number = self._bus.log.ident(look.root)
            _, strangers = self._found.setdefault(number, (type(look.root).__name__, {}))
            known = strangers.get(id(module))
            if known is None or known.module() is not module:
                known = strangers[id(module)] = _Stranger(call, look.updates)
            known.again(look.updates, self._owners)

    def _tell(self) -> None:
        for cls, strangers in self._found.values():
            lasting = [stranger for stranger in strangers.values() if stranger.forwards > 1]
            if lasting:
                self._bus.note(
                    "unregistered",
                    "layers",
                    at=lasting[0].at,
                    model=cls,
                    modules=[stranger.cls for stranger in lasting[:_MOST_NAMED]],
                    layers=len(lasting),
                    tensors=sum(len(stranger.parameters) for stranger in lasting),
                    owned=sum(stranger.owned for stranger in lasting),
                    moved=sum(stranger.moved for stranger in lasting),
                    steps=max(stranger.last for stranger in lasting) - min(stranger.first for stranger in lasting),
                )


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Unregistered(bus)
