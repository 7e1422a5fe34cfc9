"""Which parameters some optimizer updates, and what else is remembered of a parameter without keeping it alive."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import Module, numel, requires_grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.identities import Identities
from torchdojo.harness.recorder.numbers import Array, array

#: The groups of an optimizer are read in each of its first steps, then now and then.
_FIRST, _EVERY = 3, 32

#: Values of a tensor that stand for all of it when the question is whether it has changed.
_VALUES = 32

_parameters = Module.parameters

#: What a lazy layer has before it is first called.
unmade = torch.nn.parameter.UninitializedParameter


class Owners:
    """The parameters that optimizers held when they stepped."""

    def __init__(self, bus: Bus) -> None:
        self._log = bus.log
        self._steps: dict[int, int] = {}
        self._owned = Identities()
        bus.step_begins.append(self._read)

    def owns(self, parameter: Any) -> bool:
        """Whether an optimizer that has stepped holds this parameter."""
        return parameter in self._owned

    def _read(self, optimizer: Any) -> None:
        number = self._log.ident(optimizer)
        steps = self._steps.get(number, 0)
        self._steps[number] = steps + 1
        if steps < _FIRST or steps % _EVERY == 0:
            for group in optimizer.param_groups:
                self._owned.update(group["params"])


def owners_of(bus: Bus) -> Owners:
    """The owners of this recording, shared by all who ask."""
    found = _owners.get(bus)
    if found is None:
        found = _owners[bus] = Owners(bus)
    return found


_owners: weakref.WeakKeyDictionary[Bus, Owners] = weakref.WeakKeyDictionary()


def own_parameters(module: Any, *, trainable: bool = False) -> list[Any]:
    """The parameters that belong to this module itself, not to one inside it."""
    found = _parameters(module, recurse=False)
    return [p for p in found if not isinstance(p, unmade) and (not trainable or requires_grad_of(p))]


def some_values(tensor: Any) -> Array:
    """A copy of a few values, spread over the tensor: they tell whether it has changed."""
    values = array(tensor).reshape(-1)
    return values[:: max(1, numel(tensor) // _VALUES)][:_VALUES].copy()


def same_values(before: Array, now: Array) -> bool:
    """Whether two such copies are equal, NaN for NaN."""
    return before.shape == now.shape and bool(np.array_equal(before, now, equal_nan=now.dtype.kind == "f"))
