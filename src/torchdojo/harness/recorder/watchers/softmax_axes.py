"""Along which axes softmaxes are taken.

Notes `call` at the end of the run, once for each line and each kind of call there (softmax or log-softmax of a tensor
with two or more axes, however it is spelt):

    dim, shape    the axis, counted from the front, and the shape of what it was called with first
    inside        a root forward was running
    given         the shape of that forward's first tensor (of the latest one when none was running)
    output        the shape of what the latest finished root forward returned
    maker         the graph node that computed the argument, "" without a graph
    times         how many calls

Notes `attention`, in a few backward passes: scores that are products of two tensors go through a softmax into another
product, which sums over an axis that the weights do not sum to 1 along: `shape`, `dim` of the softmax, `at` the line of
the softmax where that is known, else the one that called the model.

Notes `classes` for calls of nll_loss whose argument is a log-softmax, looking through nodes that only rearrange: `loss`
(the number of the event), `shape` and `dim` of the log-softmax, `given` the shape of the argument, and as `at` the line
of the log-softmax where that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from torchdojo.harness.originals import Tensor, grad_fn_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.graph_walks import before, nodes_behind, saved_axis, through
from torchdojo.harness.recorder.losses import producer
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import first_tensor

_MOST_KINDS_OF_CALLS = 200

#: Backward passes whose graphs are walked: these by number.
_WALKED = frozenset({1, 2, 8, 24})

#: Calls of nll_loss whose argument's graph is looked at.
_LOSSES = 8

#: Where the line of a softmax is kept on its graph node.
_AT = "line of the script"

_REARRANGING = ("View", "UnsafeView", "Reshape", "Expand", "Clone", "ToCopy", "Alias", "Squeeze", "Unsqueeze")
_MOVING = ("Permute", "Transpose", "TBackward")
_DROPPING = ("MulBackward", "NativeDropout")
_SCALING = ("Div", "Mul", "Add", "Sub", "MaskedFill", "Where", "Clamp", "Tanh")
_PRODUCTS = ("BmmBackward0", "MmBackward0")
_LEAVES = ("TBackward", "torch::autograd::AccumulateGrad", "Transpose")


def watch(bus: Bus) -> None:
    """Replace softmaxes by ones that are counted, and walk a few graphs."""
    axes = _Axes(bus)
    for owner in (functional, torch, Tensor):
        for name in ("softmax", "log_softmax"):
            bus.replace(owner, name, axes.wrap)
    bus.forward_begins.append(axes.forward_begins)
    bus.forward_ends.append(axes.forward_ends)
    bus.backward_begins.append(axes.backward_begins)
    bus.loss_ends.append(axes.loss_ends)
    bus.script_ends.append(axes.script_ends)


class _Axes:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._calls: dict[tuple[Any, ...], list[Any]] = {}
        self._given: tuple[int, ...] = ()
        self._called_at = -1
        self._output: tuple[int, ...] = ()
        self._nested = False
        self._backwards = self._losses = 0

    def wrap(self, original: Any) -> Any:
        """The replacement for a softmax, a function or a method."""

        def softmax(*args: Any, **kwargs: Any) -> Any:
            # F.softmax calls the method of the tensor.
            if self._nested or self._bus.experimenting or self._bus.log.light:
                return original(*args, **kwargs)
            self._nested = True
            try:
                result = original(*args, **kwargs)
            finally:
                self._nested = False
            try:
                self._count(args, kwargs, result)
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return softmax

    def _count(self, args: Any, kwargs: Any, result: Any) -> None:
        given = args[0] if args else kwargs.get("input")
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(given, Tensor) or not isinstance(dim, int) or given.ndim < 2:
            return
        dim = dim % given.ndim
        at = self._bus.log.at()
        node = grad_fn_of(result)
        if node is not None:
            node.metadata[_AT] = at
        maker = (producer(given) or ("",))[0]
        key = (at, dim, given.ndim, self._bus.inside, maker, shape_of(given)[dim] == 1)
        found = self._calls.get(key)
        if found is not None:
            found[1] += 1
        elif len(self._calls) < _MOST_KINDS_OF_CALLS:
            facts = {"shape": list(shape_of(given)), "given": list(self._given), "output": list(self._output)}
            self._calls[key] = [facts, 1]

    def forward_begins(self, module: Any, args: Any, kwargs: Any) -> None:
        given = first_tensor(args, kwargs)
        self._given = () if given is None else tuple(shape_of(given))
        self._called_at = self._bus.log.at()

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        made = first_tensor((output,))
        self._output = () if made is None else tuple(shape_of(made))

    def script_ends(self) -> None:
        for (at, dim, _, inside, maker, _), (facts, times) in self._calls.items():
            self._bus.note("softmax_axes", "call", at=at, dim=dim, inside=inside, maker=maker, times=times, **facts)

    def loss_ends(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        if name != "nll_loss" or self._losses >= _LOSSES:
            return
        given = args[0] if args else kwargs.get("input")
        node, _ = through(grad_fn_of(given), _REARRANGING)
        if node is not None and node.name() == "LogSoftmaxBackward0":
            self._losses += 1
            shape = shape_of(node._saved_result)
            axis = saved_axis(node, len(shape))
            facts = {"shape": list(shape), "dim": axis, "given": list(shape_of(given))}
            self._bus.note("softmax_axes", "classes", at=node.metadata.get(_AT), loss=number, **facts)

    def backward_begins(self, roots: Any) -> None:
        self._backwards += 1
        if self._backwards not in _WALKED:
            return
        for product in nodes_behind(roots):
            if product.name() in _PRODUCTS:
                for operand in (0, 1):
                    self._look_at_weights(product, operand)

    def _look_at_weights(self, product: Any, operand: int) -> None:
        node, passed = through(before(product, operand), _REARRANGING + _MOVING + _DROPPING)
        weights = _softmax_at(node)
        if weights is None or not _scores_are_products(weights.of):
            return
        shape, dim = weights.shape, weights.dim
        if any(name.startswith(_MOVING) for name in passed):
            wrong = _sums_along_the_other_axis(product, operand)
        else:
            wrong = dim != len(shape) - (1 if operand == 0 else 2)
        at = node.metadata.get(_AT, self._called_at)
        what = "attention" if wrong else "sound attention"
        self._bus.note("softmax_axes", what, at=at, shape=list(shape), dim=dim)


@dataclass(frozen=True, slots=True)
class _Softmax:
    """A softmax in a graph: its shape and axis, and the node that made what it is taken of."""

    shape: tuple[int, ...]
    dim: int
    of: Any


def _softmax_at(node: Any) -> _Softmax | None:
    """The softmax that this node is, or the last step of one that is written out: exponentials over their sum."""
    if node is None:
        return None
    if node.name() == "SoftmaxBackward0":
        shape = tuple(shape_of(node._saved_result))
        return _Softmax(shape, saved_axis(node, len(shape)), before(node))
    powers, total = before(node), before(node, 1)
    if node.name() != "DivBackward0" or total is None or total.name() != "SumBackward1":
        return None
    if powers is None or powers.name() != "ExpBackward0" or before(total) is not powers:
        return None
    if len(total._saved_dim) != 1:
        return None
    shape = tuple(shape_of(powers._saved_result))
    return _Softmax(shape, saved_axis(total, len(shape)), before(powers))


def _scores_are_products(scores: Any) -> bool:
    """Whether what the softmax is taken of is a product of two computed tensors: queries and keys."""
    node, _ = through(scores, _REARRANGING + _MOVING + _SCALING)
    if node is None or node.name() not in _PRODUCTS:
        return False
    for operand in (0, 1):
        made, _ = through(before(node, operand), _REARRANGING + _MOVING)
        if made is None or made.name().startswith(_LEAVES):
            return False
    return True


def _sums_along_the_other_axis(product: Any, operand: int) -> bool:
    """Whether the weights in a product sum to 1 along the axis that it keeps, not along the one it sums over."""
    weights = array(product._saved_self if operand == 0 else product._saved_mat2)
    summed, kept = (-1, -2) if operand == 0 else (-2, -1)
    close = [abs(weights.sum(axis) - 1).max() < 1e-3 for axis in (summed, kept)]
    return bool(close[1] and not close[0])
