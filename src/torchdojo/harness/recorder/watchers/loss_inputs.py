"""What library losses are given, beyond what every run's trace says of them.

Notes `call`, for the first calls and then now and then:

    loss          the number of the loss event
    name          the function
    reduction     "mean", "sum", "none" or "batchmean"
    result        the value, of a scalar
    low, high     of all values of the first argument (up to 8,192 of them)
    sums, powers  [least, greatest] sum of the first argument, and of its exponentials, over its classes
    columns       [least, greatest] sum of its exponentials over the batch (2-D arguments only)
    given_grad    the first argument requires grad
    target_grad   the target does
    target_low, target_high, target_sums   the same of a floating target
    target_rows, target_tops   of a floating target (N, C): how many different rows, and greatest classes of a row
    log_target    of kl_div
    odd           share of the rows of a floating target of its predictions' shape that sum to neither 0 nor 1
    classes       the length of the class axis

Notes `gradient`, for as many calls of nll_loss: `loss`, and `others`, the greatest gradient of its first argument at a
class that is not the target's, as a share of the greatest of all.

Notes `pull`, for calls that add up or leave apart, or compare with distributions: `loss`, `whole`, the sizes of its
result's gradients added up, and `greatest` of them: a result that is divided by 20 has a gradient of 1/20.

Notes `root` for the first backward passes from a single number: `value`, and `maker`, the graph node that computed it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from torchdojo.harness.originals import Tensor, detach, dtype_of, grad_fn_of, item, numel, requires_grad_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.losses import producer
from torchdojo.harness.recorder.numbers import Array, array, finite, variety

#: Calls of a function looked at one after the other at first, and how often afterwards: an odd number, so that calls
#: that take turns are all looked at.
_FIRST, _EVERY = 64, 17

_MOST_VALUES = 8192

#: Backward passes whose roots are noted.
_ROOTS = 6

#: Losses whose first argument has one entry per class.
_CLASSES_LAST = frozenset({"kl_div", "ctc_loss"})
_PER_CLASS = frozenset({"cross_entropy", "nll_loss"}) | _CLASSES_LAST

#: Reductions after which the script itself has to divide.
_APART = frozenset({"sum", "none"})


def watch(bus: Bus) -> None:
    """Listen to library losses."""
    counts: dict[str, int] = {}

    def listen(number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        seen = counts[name] = counts.get(name, 0) + 1
        if seen > _FIRST and seen % _EVERY:
            return
        given = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(given, Tensor) or not isinstance(target, Tensor) or not given.is_floating_point():
            return
        facts = _facts(name, given, target)
        if facts:
            reduction = kwargs.get("reduction") or ("mean" if result.ndim == 0 else "none")
            log_target = bool(kwargs.get("log_target", args[5] if name == "kl_div" and len(args) > 5 else False))
            facts |= {"reduction": reduction, "log_target": log_target}
            facts["result"] = finite(item(detach(result))) if numel(result) == 1 else None
            bus.note("loss_inputs", "call", loss=number, name=name, **facts)
            compares = name == "kl_div" or (name == "cross_entropy" and target.is_floating_point())
            if (reduction in _APART or compares) and grad_fn_of(result) is not None:
                _weigh(bus, number, result)
        if name == "nll_loss" and grad_fn_of(given) is not None:
            _follow(bus, number, given, target)

    roots_seen = 0

    def begin(roots: Any) -> None:
        nonlocal roots_seen
        roots_seen += 1
        if roots_seen <= _ROOTS and roots and numel(roots[0]) == 1:
            maker = (producer(roots[0]) or ("",))[0]
            bus.note("loss_inputs", "root", value=finite(item(detach(roots[0]))), maker=maker)

    bus.loss_ends.append(listen)
    bus.backward_begins.append(begin)


def _facts(name: str, given: Any, target: Any) -> dict[str, Any]:
    values = _some(array(given))
    if not values.size or not np.isfinite(values).all():
        return {}
    facts: dict[str, Any] = {
        "low": float(values.min()),
        "high": float(values.max()),
        "given_grad": requires_grad_of(given),
        "target_grad": requires_grad_of(target),
    }
    if name in _PER_CLASS and values.ndim > 1:
        axis = -1 if name in _CLASSES_LAST else 1
        with np.errstate(over="ignore"):
            powers = np.exp(values.astype(np.float64))
        facts |= {"classes": values.shape[axis], "sums": _ends(values.sum(axis)), "powers": _ends(powers.sum(axis))}
        if values.ndim == 2 and len(values) == shape_of(given)[0]:
            facts["columns"] = _ends(powers.sum(0))
    if target.is_floating_point():
        wanted = _some(array(target))
        if wanted.size and np.isfinite(wanted).all():
            facts |= {"target_low": float(wanted.min()), "target_high": float(wanted.max())}
            if wanted.ndim > 1:
                axis = 1 if name == "cross_entropy" else -1
                sums = wanted.sum(axis)
                facts["target_sums"] = _ends(sums)
            if wanted.ndim == 2:
                facts["target_rows"], facts["target_tops"] = variety(wanted)
                if shape_of(given) == shape_of(target):
                    facts["odd"] = float(((np.abs(sums) > 0.02) & (np.abs(sums - 1) > 0.02)).mean())
    return facts


def _some(values: Array) -> Array:
    """The first rows, as many as are worth looking at."""
    if values.ndim == 0:
        return values.reshape(1)
    return values[: max(1, _MOST_VALUES // max(1, values[0].size))]


def _ends(sums: Array) -> list[float]:
    return [float(min(sums.min(), 1e30)), float(min(sums.max(), 1e30))]


def _follow(bus: Bus, number: int, given: Any, target: Any) -> None:
    """Note which classes the gradient of the loss's first argument reaches."""
    shape = shape_of(given)
    if len(shape) != 2 or dtype_of(target).is_floating_point or shape[1] < 2:
        return
    labels = array(target).copy()

    def look(gradient: Any) -> None:
        if bus.experimenting:
            return
        try:
            sizes = np.abs(array(gradient))
            most = float(sizes.max())
            rows = np.flatnonzero((labels >= 0) & (labels < shape[1]))
            sizes = sizes.copy()
            sizes[rows, labels[rows]] = 0.0
            if most > 0:
                bus.note("loss_inputs", "gradient", at=-1, loss=number, others=float(sizes.max()) / most)
        except Exception as error:
            bus.log.failed(error)

    given.register_hook(look)


def _weigh(bus: Bus, number: int, result: Any) -> None:
    """Note how much the loss's result counts for what backward begins at."""

    def look(gradient: Any) -> None:
        if bus.experimenting:
            return
        try:
            sizes = np.abs(array(gradient))
            whole, greatest = float(sizes.sum()), float(sizes.max())
            if np.isfinite(whole):
                bus.note("loss_inputs", "pull", at=-1, loss=number, whole=whole, greatest=greatest)
        except Exception as error:
            bus.log.failed(error)

    result.register_hook(look)
