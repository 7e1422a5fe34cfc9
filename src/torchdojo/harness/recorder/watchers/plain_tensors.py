"""Tensors that a module keeps as ordinary attributes.

`attributes`, once for each model, in the first forward that is looked into: model, names (of some of them, with the
module's path), tensors (how many). Only tensors of several values that want no gradients, of modules that ran.
"""

from __future__ import annotations

from typing import Any

from torchdojo.harness.originals import Parameter, Tensor, numel, requires_grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.looks import Look, looks_of

_MOST_NAMED = 4


class PlainTensors:
    """Reads the attributes of modules."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._done: set[int] = set()
        looks_of(bus).ends.append(self._look)

    def _look(self, look: Look) -> None:
        number = self._bus.log.ident(look.root)
        if number in self._done:
            return
        self._done.add(number)
        names: dict[str, Any] = {}
        for call in look.calls:
            path = look.name(call.module) or ""
            for name, value in vars(call.module).items():
                plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
                if plain and numel(value) > 1 and not requires_grad_of(value):
                    names[f"{path}.{name}".lstrip(".")] = None
        if names:
            facts: dict[str, Any] = {"names": list(names)[:_MOST_NAMED], "tensors": len(names)}
            self._bus.note("plain_tensors", "attributes", model=type(look.root).__name__, **facts)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    PlainTensors(bus)
