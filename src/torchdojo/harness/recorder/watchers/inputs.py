"""What goes into the model: how its values are spread, and whether evaluation sees the same rows each time.

What another model made, such as an encoder, is left alone: it changes as that one learns. Notes, each at the line that
calls the model, for floating-point inputs only:

    spread    forward (its number), rows, low, high, means, squares (per feature of a row, or per channel of an image:
              the mean, and the mean of the squares; the first 16), whole (whether all these numbers are whole), levels
              (of rows of plain features, how many values the feature with the fewest has; else 0)
    again     the first batch of an evaluation, compared with the first batch of the evaluation before at the same
              line: forward, rows, changed (rows that are not what they were), nearest (changed rows that are closer
              to what they were than to any other row), alike (of images and signals, the same when all values of a
              row are put in order: moved and mirrored ones are known by that), plain (rows that are closer to the row
              at their place in a batch evaluated at another line than to any other row there; the most of any)
    repeated  the same of two batches of one evaluation that follow each other: forward, rows, changed, nearest, alike,
              plain (0)
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

import numpy as np

from torchdojo.harness.originals import (
    Tensor,
    data_ptr,
    functorch_level,
    grad_fn_of,
    is_grad_enabled,
    numel,
    shape_of,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.tensors import first_tensor

_MOST_NUMBERS = 1 << 17
_MOST_FEATURES = 16
#: Of images with more values than this, only some pixels are averaged.
_MOST_AVERAGED = 1 << 15
_MOST_SPREADS = 160
_MOST_COMPARED, _MOST_FOLLOWING = 24, 240
_ROWS_COMPARED = 48
#: Outputs of the latest root forwards that are known when the next one begins.
_LATEST_OUTPUTS = 4


def watch(bus: Bus) -> None:
    """Listen to root forwards and updates."""
    inputs = _Inputs(bus)
    bus.forward_begins.append(inputs.forward)
    bus.forward_ends.append(inputs.output)
    bus.step_begins.append(inputs.step)


class _Inputs:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._spreads = {True: 0, False: 0}
        self._updates = self._compared = self._following = 0
        #: For each line and shape: the first batch of the latest evaluation, the latest batch, and when they came.
        self._seen: dict[tuple[int, tuple[int, ...]], tuple[int, Array | None, Array | None]] = {}
        #: Models that another one feeds, by their numbers, and what the latest ones with weights gave.
        self._fed: set[int] = set()
        self._made: deque[weakref.ref[Any]] = deque(maxlen=_LATEST_OUTPUTS)

    def step(self, optimizer: Any) -> None:
        """An update."""
        self._updates += 1

    def forward(self, module: Any, args: Any, kwargs: Any) -> None:
        """A root forward begins."""
        given = first_tensor(args, kwargs)
        if not isinstance(given, Tensor) or not given.is_floating_point() or functorch_level() is not None:
            return
        if len(shape_of(given)) < 2 or not 1 < numel(given) <= _MOST_NUMBERS:
            return
        training = bool(is_grad_enabled() and module.training)
        number = self._bus.log.ident(module)
        if number in self._fed:
            return
        if self._made_by_a_model(given) or (training and grad_fn_of(given) is not None):
            self._fed.add(number)
            return
        values: Array | None = None
        if self._spreads[training] < _MOST_SPREADS:
            values = array(given)
            self._spreads[training] += 1
            self._spread(values)
        if not training and self._updates and self._compared < _MOST_COMPARED:
            self._compare(array(given) if values is None else values)

    def output(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """A root forward ended. Modules without weights, as transforms of images are, leave rows of the data."""
        made = first_tensor((output,))
        if isinstance(made, Tensor) and next(module.parameters(), None) is not None:
            self._made.append(weakref.ref(made))

    def _made_by_a_model(self, given: Any) -> bool:
        outputs = [made for known in self._made if (made := known()) is not None]
        return any(made is given or data_ptr(made) == data_ptr(given) for made in outputs)

    def _spread(self, values: Array) -> None:
        step = values.size // _MOST_AVERAGED | 1
        rows = values.reshape(*values.shape[:2], -1)[:, :_MOST_FEATURES, ::step]
        count = rows.shape[0] * rows.shape[2]
        means = np.add.reduce(rows, axis=(0, 2), dtype=np.float64) / count
        squares = np.einsum("ijk,ijk->j", rows, rows, dtype=np.float64) / count
        self._bus.note(
            "inputs",
            "spread",
            forward=self._bus.log.latest + 1,
            rows=len(values),
            low=float(values.min()),
            high=float(values.max()),
            means=means.tolist(),
            squares=squares.tolist(),
            whole=bool((rows == np.rint(rows)).all()),
            levels=min(len(np.unique(column)) for column in values[:, :_MOST_FEATURES].T) if values.ndim == 2 else 0,
        )

    def _compare(self, values: Array) -> None:
        at = self._bus.log.at()
        rows = values[:_ROWS_COMPARED].reshape(min(len(values), _ROWS_COMPARED), -1).copy()
        movable = values.ndim > 2
        key = at, tuple(values.shape)
        when, first, latest = self._seen.get(key, (-1, None, None))
        if when == self._updates:
            self._seen[key] = when, first, rows
            if latest is not None and self._following < _MOST_FOLLOWING:
                self._following += 1
                self._differ("repeated", at, latest, rows, movable=movable)
        else:
            self._seen[key] = self._updates, rows, rows
            if first is not None:
                self._compared += 1
                self._differ("again", at, first, rows, movable=movable, plain=self._plain(key, rows))

    def _plain(self, key: tuple[int, tuple[int, ...]], rows: Array) -> int:
        """Noise and adversaries are tried on rows that are evaluated as they are, too."""
        everything = np.arange(len(rows))
        others = (first for other, (_, first, _) in self._seen.items() if other[0] != key[0] and other[1] == key[1])
        return max((_found_again(first, rows, everything) for first in others if first is not None), default=0)

    def _differ(self, what: str, at: int, before: Array, now: Array, *, movable: bool, plain: int = 0) -> None:
        changed = np.flatnonzero((before != now).any(axis=1))
        nearest = _found_again(before, now, changed)
        alike = _found_again(np.sort(before, axis=1), np.sort(now, axis=1), changed) if movable else 0
        facts = {"rows": len(now), "changed": len(changed), "nearest": nearest, "alike": alike, "plain": plain}
        if what == "again" or nearest:
            self._bus.note("inputs", what, at, forward=self._bus.log.latest + 1, **facts)


def _found_again(before: Array, now: Array, changed: Array) -> int:
    """How many of the changed rows are closer to what they were than to any other row."""
    if not len(changed):
        return 0
    distances = ((now[changed, None, :] - before[None, :, :]) ** 2).sum(axis=2)
    return int(np.count_nonzero(distances.argmin(axis=1) == changed))
