"""Calls of library loss functions: what went in, what made it, what came out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import Tensor, detach, dtype_of, grad_fn_of, item, requires_grad_of, shape_of
from torchdojo.harness.recorder.forwards import Forwards
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.numbers import finite, row_targets, score_figures

#: Functions of torch.nn.functional whose first two arguments are predictions and targets.
FUNCTIONS = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
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

_FAR_ENOUGH = 8


class Losses:
    """Wraps loss functions."""

    def __init__(self, log: Log, forwards: Forwards) -> None:
        self._log = log
        self._forwards = forwards
        self._inside = False

    def wrap(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `torch.nn.functional.<name>`. Loss functions that call others count once."""

        def loss(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return original(*args, **kwargs)
            at = self._log.at()
            self._inside = True
            self._forwards.muted += 1
            result: Any = None
            try:
                result = original(*args, **kwargs)
            finally:
                self._inside = False
                self._forwards.muted -= 1
                self._note(name, at, args, kwargs, result)
            return result

        return loss

    def _note(self, name: str, at: int, args: Any, kwargs: Any, result: Any) -> None:
        given = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(given, Tensor) or not isinstance(target, Tensor):
            return
        shape = shape_of(given)
        rows = shape[0] if len(shape) else 1
        event: dict[str, Any] = {
            "id": self._log.number(),
            "name": name,
            "shape": list(shape),
            "dtype": str(dtype_of(given))[6:],
            "target_shape": list(shape_of(target)),
            "target_dtype": str(dtype_of(target))[6:],
            "producer": producer(given),
            "grad": isinstance(result, Tensor) and requires_grad_of(result),
            "value": _mean(result, rows, kwargs.get("reduction", "mean")),
            "weight": rows,
            "forward": self._forwards.latest,
            "targets": row_targets(target),
        }
        event.update(score_figures(given, target))
        self._log.add("loss", at, **event)


def _mean(result: Any, rows: int, reduction: Any) -> float | None:
    if not isinstance(result, Tensor):
        return None
    value = detach(result)
    if len(shape_of(value)):
        return finite(item(value.mean()))
    number = finite(item(value))
    return number / max(1, rows) if number is not None and reduction == "sum" else number


def producer(tensor: Any) -> list[str]:
    """The graph node that computed a tensor, walked back through nodes that only rearrange it; [] without a graph."""
    node = grad_fn_of(tensor)
    name = ""
    for _ in range(_FAR_ENOUGH):
        if node is None:
            break
        name = node.name()
        if not any(view in name for view in _VIEWS):
            return [name]
        node = node.next_functions[0][0] if node.next_functions else None
    return [name] if name else []
