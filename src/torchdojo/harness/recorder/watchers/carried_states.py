"""States that a model returns and is given back with its next batch: a stream that is read in order.

Notes, for the first training forwards of a model that is given more than one tensor:

    looked   forward (its number), carried (one of the further tensors holds the values of a tensor that came out of
             the forward of the same model before)
"""

from __future__ import annotations

from typing import Any

from torchdojo.harness.originals import functorch_level, is_grad_enabled, numel, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import tensors_in

#: Forwards that were given something besides their first tensor, and forwards at all.
_MOST_LOOKED, _MOST_FORWARDS = 48, 240
_MOST_NUMBERS = 1 << 16


def watch(bus: Bus) -> None:
    """Listen to root forwards."""
    states = _States(bus)
    bus.forward_begins.append(states.begin)
    bus.forward_ends.append(states.end)


class _States:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._looked = self._forwards = 0
        #: The values that came out of the latest forward of each model, by the model's number.
        self._came_out: dict[int, set[bytes]] = {}

    def begin(self, module: Any, args: Any, kwargs: Any) -> None:
        """A root forward begins."""
        if not self._looks(module):
            return
        further = tensors_in([*args, *kwargs.values()])[1:]
        known = self._came_out.get(self._bus.log.ident(module))
        if further and known is not None:
            self._looked += 1
            carried = any(values in known for tensor in further if (values := _values(tensor)) is not None)
            self._bus.note("carried_states", "looked", forward=self._bus.log.latest + 1, carried=carried)

    def end(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """A root forward ended."""
        if self._looks(module):
            self._forwards += 1
            made = (_values(tensor) for tensor in tensors_in(output))
            self._came_out[self._bus.log.ident(module)] = {values for values in made if values is not None}

    def _looks(self, module: Any) -> bool:
        if self._looked >= _MOST_LOOKED or self._forwards >= _MOST_FORWARDS:
            return False
        return bool(module.training and is_grad_enabled() and functorch_level() is None)


def _values(tensor: Any) -> bytes | None:
    """The numbers of a tensor; None where they are one number all over, which tells nothing, or too many."""
    if not tensor.is_floating_point() or not 1 < numel(tensor) <= _MOST_NUMBERS:
        return None
    numbers = array(tensor)
    return None if numbers.min() == numbers.max() else repr(tuple(shape_of(tensor))).encode() + numbers.tobytes()
