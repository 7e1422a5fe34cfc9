"""Timesteps of diffusion models: what is drawn, and what the model is asked for.

schedule    a cumulative product over a falling table in one dimension: length
steps       what a model got as integer per row, in training (grad) and out of it: model, grad, least, largest,
            calls (so far), rows (seen so far), alone (calls with several rows that all had one step), several
            (calls with several rows). Noted at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from torchdojo.harness.originals import Tensor, dtype_of, is_grad_enabled, numel, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

_NAME = "timesteps"
_INTEGERS = {torch.int64, torch.int32}
_FEWEST_STEPS = 8
_MOST_SCHEDULES = 8


def watch(bus: Bus) -> None:
    """Begin to watch."""
    watcher = _Timesteps(bus)
    bus.replace(torch, "cumprod", watcher.wrap_product)
    bus.replace(Tensor, "cumprod", watcher.wrap_product)
    bus.forward_ends.append(watcher.forward_ends)
    bus.script_ends.append(watcher.script_ends)


@dataclass(slots=True)
class _Seen:
    at: int
    least: int
    largest: int
    calls: int = 0
    rows: int = 0
    alone: int = 0
    several: int = 0


class _Timesteps:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._schedules = 0
        self._seen: dict[tuple[int, bool], _Seen] = {}

    def wrap_product(self, original: Any) -> Any:
        """For `cumprod`, which makes the schedule of a diffusion."""

        def cumprod(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            try:
                if self._schedules < _MOST_SCHEDULES and not self._bus.experimenting:
                    self._note_schedule(result)
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return cumprod

    def _note_schedule(self, table: Any) -> None:
        if not isinstance(table, Tensor) or table.dim() != 1 or numel(table) < _FEWEST_STEPS:
            return
        if not table.is_floating_point():
            return
        with self._bus.experiment(), torch.no_grad():
            falls = bool((table[1:] < table[:-1]).all()) and 0.0 <= float(table[-1]) < float(table[0]) <= 1.0
        if falls:
            self._schedules += 1
            self._bus.note(_NAME, "schedule", length=int(numel(table)))

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Look at the integers beside the data."""
        if not self._schedules:
            return
        data = first_tensor(args, kwargs)
        if data is None or not data.is_floating_point() or not shape_of(data):
            return
        steps = next((t for t in tensors_in([*args, *kwargs.values()]) if _is_step(t, shape_of(data)[0])), None)
        if steps is None:
            return
        key = (self._bus.log.ident(module), is_grad_enabled())
        with self._bus.experiment(), torch.no_grad():
            least, largest = int(steps.min()), int(steps.max())
        seen = self._seen.get(key)
        if seen is None:
            seen = self._seen[key] = _Seen(self._bus.log.at(), least, largest)
        seen.least, seen.largest = min(seen.least, least), max(seen.largest, largest)
        seen.calls += 1
        seen.rows += numel(steps)
        if shape_of(data)[0] > 1:
            seen.several += 1
            seen.alone += least == largest

    def script_ends(self) -> None:
        """Say what was seen."""
        for (model, grad), seen in self._seen.items():
            facts = {"least": seen.least, "largest": seen.largest, "calls": seen.calls, "rows": seen.rows}
            counts = {"alone": seen.alone, "several": seen.several}
            self._bus.note(_NAME, "steps", seen.at, model=model, grad=grad, **facts, **counts)


def _is_step(tensor: Any, rows: int) -> bool:
    shape = shape_of(tensor)
    return dtype_of(tensor) in _INTEGERS and (len(shape) == 0 or (numel(tensor) in (1, rows) and shape[0] in (1, rows)))
