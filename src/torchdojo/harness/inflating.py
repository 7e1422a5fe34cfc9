"""Gradients made larger than they are, to see whether a script bounds them: of a bound that none reaches nothing shows.

The script computes something else then: such a run is for looking at, and stopped early.
"""

from __future__ import annotations

import random
from typing import Any

import torch

from torchdojo.harness.originals import grad_of
from torchdojo.harness.recorder.bus import Bus


class Inflating:
    """Before about every second update, what backward leaves is multiplied by a factor."""

    def __init__(self, bus: Bus, factor: float) -> None:
        self._factor = factor
        # By chance and not in turns: two networks may be updated in turns.
        self._chance = random.Random(0)
        self._now = False
        self._optimizers: dict[int, Any] = {}
        # Before any watcher compares what backward has left with what an update is given.
        bus.backward_ends.insert(0, self._passed)
        bus.step_ends.append(self._stepped)

    def _stepped(self, optimizer: Any) -> None:
        self._optimizers[id(optimizer)] = optimizer
        self._now = self._chance.random() < 0.5

    def _passed(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if failed or not self._now:
            return
        groups = [group for optimizer in self._optimizers.values() for group in optimizer.param_groups]
        gradients = {id(p): grad_of(p) for group in groups for p in group["params"]}
        with torch.no_grad():
            for gradient in gradients.values():
                if gradient is not None:
                    gradient.mul_(self._factor)
