"""Predictions compared with targets, and scores with thresholds, outside of models and losses.

Notes, each at the line that compares:

    compared     two tensors with `==` or `!=`: after (latest forward or loss), grad (gradients are recorded), first,
                 second, result (shapes), pairs (operands of N values each gave N x N results), related (the operands
                 hold the same values, or one just counts up: a table of pairs is wanted), count (results), right (how
                 many were equal; 0 of very many results). Where one operand is known to be the targets and the latest
                 output has a score per class, or where one is the class with the highest score:
                 ruled (how many targets are the class with the highest score), agreed
                 (how often the other operand is that class)
    thresholded  the latest output was compared with a number, or rounded: after, threshold, count, squashed (it was
                 its sigmoid that was compared), low, high (least and largest output), between (outputs between zero
                 and the threshold)
    crossed      two tensors with `==` or `!=`, one of which is the highest row of each class in the latest output:
                 argmax went along the axis of the rows: after, rows, classes, failed (the shapes did not allow it)
    subtracted   two tensors of N values each gave N x N differences: after, first, second, related, grad (gradients
                 are recorded), apart (gradients go through one of them only, as through predictions but not targets)
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import Tensor, functorch_level, is_grad_enabled, numel, requires_grad_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array

_MOST_NUMBERS = 1 << 16
_MOST_NOTES = 600
#: Differences in training are a loss's, in every step the same: a few tell all.
_MOST_IN_TRAINING = 24
#: Below so many values a broadcast is harmless, and often meant.
_FEWEST = 4
_OPERATORS = ("__gt__", "__ge__", "__lt__", "__le__")
_COMPARISONS = ("gt", "ge", "lt", "le", "greater", "greater_equal", "less", "less_equal")
_DIFFERENCES = ("sub", "subtract")


def watch(bus: Bus) -> None:
    """Listen to comparisons."""
    seen = _Comparisons(bus)
    bus.forward_ends.append(seen.output)
    bus.loss_ends.append(seen.loss)
    bus.batch_comes.append(seen.batch)
    for owner, name, equal in (
        (Tensor, "__eq__", True),
        (Tensor, "eq", True),
        (torch, "eq", True),
        (Tensor, "__ne__", False),
        (Tensor, "ne", False),
        (torch, "ne", False),
    ):
        bus.replace(owner, name, partial(seen.wrap_equal, equal=equal))
    for name in _OPERATORS:
        bus.replace(Tensor, name, seen.wrap_threshold)
    for name in _COMPARISONS:
        bus.replace(Tensor, name, seen.wrap_threshold)
        bus.replace(torch, name, seen.wrap_threshold)
    for owner, name in ((Tensor, "round"), (torch, "round")):
        bus.replace(owner, name, seen.wrap_round)
    bus.replace(Tensor, "__sub__", seen.wrap_difference)
    for name in _DIFFERENCES:
        bus.replace(Tensor, name, seen.wrap_difference)
        bus.replace(torch, name, seen.wrap_difference)


class _Comparisons:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._output: Array | None = None
        #: Values known to be targets: of the latest loss, and of the latest batch.
        self._target: Array | None = None
        self._batch: list[Array] = []
        self._noted = self._in_training = 0

    def output(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """A root forward ended."""
        self._output = _copy(output)
        if is_grad_enabled():
            self._target = None

    def loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        """A loss was computed."""
        self._target = _copy(args[1] if len(args) > 1 else kwargs.get("target"))

    def batch(self, iterator: Any, batch: Any) -> None:
        """A loader handed out a batch; what comes behind its first tensor may be targets."""
        values = list(batch.values()) if isinstance(batch, dict) else batch
        behind = values[1:] if isinstance(values, (list, tuple)) else ()
        self._batch = [found for value in behind if (found := _copy(value)) is not None]

    def wrap_equal(self, original: Callable[..., Any], *, equal: bool) -> Callable[..., Any]:
        """`==` or `!=`, as method or function."""

        def compare(first: Any, second: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                result = original(first, second, *args, **kwargs)
            except RuntimeError:
                self._look_across(first, second, failed=True)
                raise
            if isinstance(second, Tensor) and isinstance(first, Tensor) and self._listens(first):
                with self._guarded():
                    self._compared(first, second, result, equal=equal)
                self._look_across(first, second, failed=False)
            return result

        return compare

    def wrap_threshold(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A comparison with a number."""

        def compare(first: Any, second: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(first, second, *args, **kwargs)
            if type(second) in (int, float) and self._output is not None and self._listens(result):
                with self._guarded():
                    self._thresholded(first, float(second))
            return result

        return compare

    def wrap_round(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Rounding divides at one half."""

        def rounded(given: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(given, *args, **kwargs)
            if not args and not kwargs and self._output is not None and self._listens(result):
                with self._guarded():
                    self._thresholded(given, 0.5)
            return result

        return rounded

    def wrap_difference(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`-` between tensors, as operator, method or function."""

        def subtract(first: Any, second: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(first, second, *args, **kwargs)
            if isinstance(second, Tensor) and isinstance(first, Tensor) and self._listens(first):
                with self._guarded():
                    self._subtracted(first, second)
            return result

        return subtract

    def _listens(self, operand: Any) -> bool:
        return (
            not self._bus.inside
            and self._noted < _MOST_NOTES
            and isinstance(operand, Tensor)
            and 1 < numel(operand) <= _MOST_NUMBERS
            and functorch_level() is None
        )

    def _guarded(self) -> contextlib.AbstractContextManager[None]:
        return _Guard(self._bus)

    def _note(self, what: str, **facts: Any) -> None:
        at = self._bus.log.at()
        if at >= 0:
            self._noted += 1
            self._bus.note("comparisons", what, at, after=self._bus.log.latest, **facts)

    def _compared(self, first: Any, second: Any, result: Any, *, equal: bool) -> None:
        a, b, c = (tuple(shape_of(tensor)) for tensor in (first, second, result))
        # Of tables of pairs nobody wants to know how many were equal.
        right = int(np.count_nonzero(array(result))) if numel(result) <= _MOST_NUMBERS else 0
        facts: dict[str, Any] = {
            "grad": is_grad_enabled(),
            "first": list(a),
            "second": list(b),
            "result": list(c),
            "pairs": _pairs(a, b),
            "related": False,
            "count": numel(result),
            "right": right if equal else numel(result) - right,
        }
        left, other = array(first), array(second)
        if facts["pairs"]:
            facts["related"] = _related(left, other)
        elif a == b:
            facts.update(self._ruled(left, other))
        self._note("compared", **facts)

    def _subtracted(self, first: Any, second: Any) -> None:
        a, b = tuple(shape_of(first)), tuple(shape_of(second))
        if not _pairs(a, b):
            return
        grad = is_grad_enabled()
        self._in_training += grad
        if not grad or self._in_training <= _MOST_IN_TRAINING:
            self._note(
                "subtracted",
                first=list(a),
                second=list(b),
                related=_related(array(first), array(second)),
                grad=grad,
                apart=requires_grad_of(first) != requires_grad_of(second),
            )

    def _look_across(self, first: Any, second: Any, *, failed: bool) -> None:
        """Whether the best row of each class is taken for the best class of each row."""
        scores = self._output
        if scores is None or scores.ndim != 2 or not isinstance(second, Tensor) or not self._listens(first):
            return
        rows, classes = scores.shape
        if min(rows, classes) < 2 or rows == classes:
            return
        with self._guarded():
            # Of scores that have the classes first, the best along the first axis is the right one.
            known = [target for target in (self._target, *self._batch) if target is not None]
            if any(target.dtype.kind in "iu" and target.size == rows for target in known):
                best = scores.argmax(0)
                if any(numel(tensor) == classes and _same(array(tensor), best) for tensor in (first, second)):
                    self._note("crossed", rows=rows, classes=classes, failed=failed)

    def _ruled(self, first: Array, second: Array) -> dict[str, int]:
        """What the class with the highest score would have got right."""
        scores = self._output
        if scores is None or scores.ndim not in (2, 3) or scores.shape[-1] < 2:
            return {}
        if first.size != scores.size // scores.shape[-1]:
            return {}
        known = [target for target in (self._target, *self._batch) if target is not None]
        rule = scores.argmax(-1).reshape(-1)
        for target, other in ((second, first), (first, second)):
            flat = target.reshape(-1)
            # What is compared with the usual predictions are targets, wherever they come from.
            usual = scores.ndim == 2 and _same(other, rule)
            if usual or (flat.dtype.kind in "iu" and any(np.array_equal(k.reshape(-1), flat) for k in known)):
                return {
                    "ruled": int(np.count_nonzero(rule == flat)),
                    "agreed": int(np.count_nonzero(rule == other.reshape(-1))),
                }
        return {}

    def _thresholded(self, given: Any, threshold: float) -> None:
        output, values = self._output, array(given)
        if output is None or values.size != output.size or values.dtype.kind != "f":
            return
        flat, scores = values.reshape(-1), output.reshape(-1)
        squashed = False
        if not np.array_equal(flat, scores):
            squashed = bool(np.allclose(flat, 1 / (1 + np.exp(-np.clip(scores, -80, 80))), atol=1e-5))
            if not squashed:
                return
        low, high = min(0.0, threshold), max(0.0, threshold)
        self._note(
            "thresholded",
            threshold=threshold,
            count=int(flat.size),
            squashed=squashed,
            low=float(scores.min()),
            high=float(scores.max()),
            between=int(np.count_nonzero((scores > low) & (scores < high))),
        )


class _Guard(contextlib.AbstractContextManager[None]):
    """Nothing that fails here reaches the script."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if isinstance(error, Exception):
            self._bus.log.failed(error)
            return True
        return False


def _same(given: Array, wanted: Array) -> bool:
    return given.dtype.kind in "iu" and np.array_equal(given.reshape(-1), wanted)


def _pairs(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """(N, 1) against (N,), or the other way round."""
    if len(first) > len(second):
        first, second = second, first
    return len(first) == 1 and len(second) == 2 and second == (first[0], 1) and first[0] >= _FEWEST


def _related(first: Array, second: Array) -> bool:
    first, second = first.reshape(-1), second.reshape(-1)
    counting = np.arange(first.size)
    return any(np.array_equal(a, b) for a, b in ((first, second), (first, counting), (second, counting)))


def _copy(tensor: Any) -> Array | None:
    if not isinstance(tensor, Tensor) or not 1 <= numel(tensor) <= _MOST_NUMBERS or functorch_level() is not None:
        return None
    copied: Array = array(tensor).copy()
    return copied
