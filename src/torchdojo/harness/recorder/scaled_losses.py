"""Losses that a GradScaler has multiplied: known by a mark on the node of the graph that made them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.amp.grad_scaler import GradScaler

from torchdojo.harness.originals import Tensor, grad_fn_of, item
from torchdojo.harness.recorder.bus import Bus

#: Graph nodes between the loss that is differentiated and a scaled one: a sum of a few, divided.
_NODES = 24

_KEY = "torchdojo: scaled by"


def current_scale(scaler: Any) -> float:
    """What this scaler multiplies losses by."""
    return float(scaler._init_scale) if scaler._scale is None else float(item(scaler._scale))


def replace_scaling(bus: Bus, on_scale: Callable[[Any], None] | None = None) -> None:
    """Have scaled losses marked; `on_scale` is told the scaler afterwards, if it is switched on."""

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        def scale(scaler: Any, outputs: Any) -> Any:
            result = original(scaler, outputs)
            try:
                if scaler._enabled:
                    _mark(current_scale(scaler), result)
                    if on_scale is not None:
                        on_scale(scaler)
            except Exception as error:
                bus.log.failed(error)
            return result

        return scale

    bus.replace(GradScaler, "scale", wrap)


def _mark(scale: float, result: Any) -> None:
    for tensor in [result] if isinstance(result, Tensor) else list(result):
        node = grad_fn_of(tensor)
        if node is not None:
            node.metadata[_KEY] = scale


def scale_behind(root: Any) -> float | None:
    """The scale of the scaled loss behind this tensor, at most a few nodes away; None when there is none."""
    todo = [grad_fn_of(root)]
    for _ in range(_NODES):
        node = todo.pop(0) if todo else None
        if node is None:
            if not todo:
                return None
            continue
        if (scale := node.metadata.get(_KEY)) is not None:
            return float(scale)
        todo.extend(following for following, _ in node.next_functions)
    return None
