"""Calls of library loss functions: what went in, what made it, what came out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import (
    Tensor,
    detach,
    dtype_of,
    functorch_level,
    grad_fn_of,
    item,
    numel,
    requires_grad_of,
    shape_of,
)
from torchdojo.harness.recorder.forwards import Forwards
from torchdojo.harness.recorder.log import Log, dtype_name
from torchdojo.harness.recorder.numbers import array, finite
from torchdojo.harness.recorder.samples import SAMPLES, scores_of, targets_of

#: Functions of torch.nn.functional whose first two arguments are predictions and targets.
FUNCTIONS = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
)

#: Losses that give one number per row: a sum over the batch is divided by the rows, that of others by the elements.
_PER_ROW = frozenset({"cross_entropy", "nll_loss", "multi_margin_loss", "multilabel_margin_loss", "ctc_loss"})

#: Parts of the names of graph nodes that only rearrange values.
_VIEWS = (
    "View",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
    "Transpose",
    "Permute",
    "Select",
    "Slice",
    "Index",
    "Clone",
    "ToCopy",
    "Expand",
    "TBackward",
    "Alias",
    "Unbind",
    "Split",
    "Flatten",
)

_JOINS = ("CatBackward", "StackBackward")

_FAR_ENOUGH = 8

_rearranges: dict[str, bool] = {}


class Losses:
    """Wraps loss functions."""

    def __init__(self, log: Log, forwards: Forwards) -> None:
        self._log = log
        self._forwards = forwards
        self._bus = forwards.bus
        self._inside = False

    def wrap(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `torch.nn.functional.<name>`. Loss functions that call others count once."""

        def loss(*args: Any, **kwargs: Any) -> Any:
            # A loss of training that is not looked at closely is told by its backward pass.
            if self._inside or self._forwards.skipped or self._bus.experimenting or functorch_level() is not None:
                return original(*args, **kwargs)
            at = self._log.at()
            self._inside = True
            self._forwards.busy += 1
            result: Any = None
            try:
                result = original(*args, **kwargs)
            finally:
                self._inside = False
                self._forwards.busy -= 1
                try:
                    self._note(name, at, args, kwargs, result)
                except Exception as error:
                    self._log.failed(error)
                if self._bus.loss_ends and result is not None:
                    self._bus.tell(self._bus.loss_ends, self._log.latest, name, args, kwargs, result)
            return result

        return loss

    def _note(self, name: str, at: int, args: Any, kwargs: Any, result: Any) -> None:
        given = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(given, Tensor) or not isinstance(target, Tensor):
            return
        made = isinstance(result, Tensor)
        template = self._template(name, at, given, target, result)
        value = _mean(name, result, given, kwargs.get("reduction")) if made else None
        fields: dict[str, Any] = {"id": self._log.number(), "value": value, "forward": self._forwards.behind(given)}
        if not self._log.light:
            fields[SAMPLES] = [sample for sample in (targets_of(target), scores_of(given)) if sample is not None]
        self._log.put((template, fields))

    def _template(self, name: str, at: int, given: Any, target: Any, result: Any) -> int:
        key = (
            "loss",
            at,
            name,
            shape_of(given),
            dtype_of(given),
            shape_of(target),
            dtype_of(target),
            producer(given),
            isinstance(result, Tensor) and requires_grad_of(result),
        )
        known = self._log.known(key)
        return self._log.template(key, _described(key)) if known is None else known


def _described(key: tuple[Any, ...]) -> dict[str, Any]:
    _, at, name, shape, dtype, target_shape, target_dtype, made_by, grad = key
    return {
        "at": at,
        "name": name,
        "shape": list(shape),
        "dtype": dtype_name(dtype),
        "target_shape": list(target_shape),
        "target_dtype": dtype_name(target_dtype),
        "producer": list(made_by),
        "grad": grad,
        "weight": shape[0] if shape else 1,
    }


def _mean(name: str, result: Any, given: Any, reduction: Any) -> float | None:
    """The loss per row or element, whatever it was reduced to."""
    if len(shape_of(result)):
        return finite(array(result).mean())
    value: float = item(detach(result))
    if reduction == "sum":
        shape = shape_of(given)
        value /= max(1, shape[0] if name in _PER_ROW and shape else numel(given))
    return value if math.isfinite(value) else None


def producer(tensor: Any) -> tuple[str, ...]:
    """The graph node that computed a tensor, walked back through nodes that only rearrange it; none without a graph.

    What was put together of parts was computed by the node that computed each of them, if it is of one kind.
    """
    return _maker(grad_fn_of(tensor), joined=True)


def _maker(node: Any, *, joined: bool) -> tuple[str, ...]:
    """The same from a graph node on; `joined` says whether parts are looked into, which is done once."""
    name = ""
    for _ in range(_FAR_ENOUGH):
        if node is None:
            break
        name = node.name()
        rearranges = _rearranges.get(name)
        if rearranges is None:
            rearranges = _rearranges[name] = any(view in name for view in _VIEWS)
        if not rearranges:
            parts: set[tuple[str, ...]] = set()
            if joined and name.startswith(_JOINS) and len(node.next_functions) <= _FAR_ENOUGH:
                parts = {_maker(part, joined=False) for part, _ in node.next_functions}
            return parts.pop() if len(parts) == 1 and () not in parts else (name,)
        node = node.next_functions[0][0] if node.next_functions else None
    return (name,) if name else ()
