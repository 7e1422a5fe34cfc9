"""What log-probabilities are drawn to by a loss that a script writes out itself.

The gradient of a cross-entropy or a divergence at log-probabilities is minus the distribution they are to become, by a
factor that is the same in each row.

Notes `taught`, for the first log-probabilities of a tensor with two or more axes (by log_softmax, or by log) that
gradients reach, and then now and then; all figures are of up to 8,192 values:

    classes       the length of the class axis
    low           the least value of what they are drawn to
    sums          [least, greatest] sum of it over the classes, as a share of the mean sum
    weight        the sum over all rows: 1 for a mean over them
    apart         how far it is from the probabilities themselves: half of the sum of the differences, mean over rows
    rows, tops    how many different rows it has, and how many different classes are the greatest of one
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from torchdojo.harness.originals import Tensor, functorch_level, requires_grad_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array, variety

_BY = "soft_targets"

#: Looked at one after the other at first, and how often afterwards.
_FIRST, _EVERY = 64, 17

_MOST_VALUES = 8192

#: How close to 1 the probabilities of a row add up.
_ROUNDED = 0.01


def watch(bus: Bus) -> None:
    """Follow what a script makes of log-probabilities."""
    watching = _Watch(bus)
    for owner in (functional, torch, Tensor):
        bus.replace(owner, "log_softmax", watching.wrap)
    for owner in (torch, Tensor):
        bus.replace(owner, "log", watching.wrap)


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._seen = 0
        self._nested = False

    def wrap(self, original: Any) -> Any:
        """The replacement for a function or a method."""

        def logarithm(*args: Any, **kwargs: Any) -> Any:
            # F.log_softmax calls the method of the tensor.
            if self._nested or self._bus.experimenting or self._bus.log.light or functorch_level() is not None:
                return original(*args, **kwargs)
            self._nested = True
            try:
                result = original(*args, **kwargs)
            finally:
                self._nested = False
            try:
                self._look(result)
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return logarithm

    def _look(self, result: Any) -> None:
        if not isinstance(result, Tensor) or not requires_grad_of(result) or len(shape_of(result)) < 2:
            return
        self._seen += 1
        if self._seen > _FIRST and self._seen % _EVERY:
            return
        found = _probabilities(array(result))
        if found is None:
            return
        self._follow(result, *found)

    def _follow(self, logarithms: Any, axis: int, own: Array) -> None:
        """Note what they are drawn to, once that is known."""
        at = self._bus.log.at()

        def reached(gradient: Any) -> None:
            if self._bus.experimenting:
                return
            try:
                self._note(at, own, _rows(-array(gradient), axis))
            except Exception as error:
                self._bus.log.failed(error)

        logarithms.register_hook(reached)

    def _note(self, at: int, own: Array, pulls: Array) -> None:
        sums = pulls.sum(1)
        mean = float(sums.mean())
        if not np.isfinite(pulls).all() or mean <= 0.0:
            return
        wanted = pulls / mean
        rows, tops = variety(wanted)
        self._bus.note(
            _BY,
            "taught",
            at=at,
            classes=wanted.shape[1],
            low=float(wanted.min()),
            sums=[float(sums.min()) / mean, float(sums.max()) / mean],
            weight=float(sums.sum()),
            apart=float(np.abs(wanted - own).sum(1).mean()) / 2,
            rows=rows,
            tops=tops,
        )


def _probabilities(logarithms: Array) -> tuple[int, Array] | None:
    """The class axis of log-probabilities, and the probabilities with their classes last (N, C); None of other logs."""
    for axis in (-1, 1):
        rows = np.exp(_rows(logarithms, axis).astype(np.float64))
        if rows.shape[1] > 1 and np.abs(rows.sum(1) - 1).max(initial=0.0) < _ROUNDED:
            return axis, rows
    return None


def _rows(values: Array, axis: int) -> Array:
    """The first rows, as many as are worth looking at, with what stands along `axis` last: (N, C)."""
    classes = values.shape[axis]
    rows: Array = np.moveaxis(values, axis, -1).reshape(-1, classes)[: max(1, _MOST_VALUES // max(1, classes))]
    return rows
