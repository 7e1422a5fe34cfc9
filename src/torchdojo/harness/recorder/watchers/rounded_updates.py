"""Updates of half-precision weights that are lost to rounding.

Watched are the first updates of optimizers with weights in bfloat16 or float16. Notes `update` for one such weight,
the largest: `dtype`, `optimizer` (its class) and `module` (where that is defined), `moved` of `meant` elements, which
are those that have a gradient, and `size`, the median of the absolute values of the weight's elements.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import dtype_of, grad_of, numel
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array

#: Updates that are looked at: the first ones, in which nothing has converged yet.
_FIRST, _LAST = 2, 20

_HALVES = (torch.bfloat16, torch.float16)

#: Elements of a weight that are compared.
_MOST = 65_536


def watch(bus: Bus) -> None:
    """Listen to updates."""
    counts: dict[int, int] = {}
    looking: list[tuple[Any, Array, Array]] = []

    def begins(optimizer: Any) -> None:
        looking.clear()
        if bus.log.light:
            return
        number = counts[id(optimizer)] = counts.get(id(optimizer), 0) + 1
        if not _FIRST <= number <= _LAST:
            return
        halves = [
            p
            for group in optimizer.param_groups
            for p in group["params"]
            if dtype_of(p) in _HALVES and grad_of(p) is not None
        ]
        if halves:
            largest = max(halves, key=numel)
            looking.append((largest, _some(largest), _some(grad_of(largest)) != 0))

    def ends(optimizer: Any) -> None:
        if not looking:
            return
        parameter, before, meant = looking.pop()
        moved = (_some(parameter) != before) & meant
        bus.note(
            "rounded_updates",
            "update",
            dtype=str(dtype_of(parameter)).removeprefix("torch."),
            optimizer=type(optimizer).__name__,
            module=type(optimizer).__module__,
            moved=int(moved.sum()),
            meant=int(meant.sum()),
            size=float(np.median(np.abs(before))),
        )

    bus.step_begins.append(begins)
    bus.step_ends.append(ends)


def _some(tensor: Any) -> Array:
    # Values of a half are copied when they are made floats of 32 bits.
    return array(tensor).reshape(-1)[:_MOST]
