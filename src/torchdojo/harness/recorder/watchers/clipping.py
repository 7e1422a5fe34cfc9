"""Clipping of gradients: whether there is anything fresh to clip.

Notes `clip` for each of the first calls of clip_grad_norm_ and clip_grad_value_: params (tensors handed over), graded
(those with a gradient), fresh (those with a gradient that no update has used), limit (null when infinite),
passes (backward passes since the last update of any optimizer).
Notes `shortened` for each of the first updates before which a script changed gradients by other means than these
functions: factor (what is left of the norm that the last backward pass gave, of some parameters together).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from types import GeneratorType
from typing import Any

import torch
from torch.nn.utils import clip_grad

from torchdojo.harness.originals import Tensor, detach, grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.optimizers import State, is_clear, state_of

_BY = "clipping"
_NOTED = 200
_SAMPLED = 4

#: The functions, and the name of what bounds the gradients.
FUNCTIONS = {"clip_grad_norm_": "max_norm", "clip_grad_value_": "clip_value"}

#: Told the parameters and the bound, before the gradients are clipped and, with None as the bound, afterwards.
OnClip = Callable[[list[Any], float | None], None]


def replace_clipping(bus: Bus, on_clip: OnClip) -> None:
    """Have every call of torch's clipping functions told."""

    def wrapper(bound: str) -> Callable[[Any], Any]:
        def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
            def clip(parameters: Any, *args: Any, **kwargs: Any) -> Any:
                if bus.experimenting or bus.log.light:
                    return original(parameters, *args, **kwargs)
                listed, parameters = _listed(parameters)
                _tell(bus, on_clip, listed, args[0] if args else kwargs.get(bound))
                result = original(parameters, *args, **kwargs)
                _tell(bus, on_clip, listed, None)
                return result

            return clip

        return wrap

    for name, bound in FUNCTIONS.items():
        for owner in (clip_grad, torch.nn.utils):
            bus.replace(owner, name, wrapper(bound))


def _tell(bus: Bus, on_clip: OnClip, parameters: list[Any], bound: Any) -> None:
    try:
        on_clip(parameters, None if bound is None else float(bound))
    except Exception as error:
        bus.log.failed(error)


def _listed(parameters: Any) -> tuple[list[Any], Any]:
    """The parameters as a list, and what torch's function is given instead of a generator that is used up."""
    if isinstance(parameters, Tensor):
        return [parameters], parameters
    if isinstance(parameters, GeneratorType) or not isinstance(parameters, Iterable) or iter(parameters) is parameters:
        listed = list(parameters)
        return listed, listed or parameters
    return list(parameters), parameters


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._used: dict[int, State] = {}
        self._passes = self._noted = 0
        self._unknown = False
        #: Some parameters of the last update, with the gradients that the last backward pass left: state and norm.
        self._sampled: list[Any] = []
        self._left: tuple[list[State], float] | None = None
        self._shortened = 0
        self._clipped = False
        replace_clipping(bus, self._clip)
        bus.backward_ends.append(self._passed)
        bus.step_begins.append(self._begins)
        bus.step_ends.append(self._stepped)

    def _passed(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        self._passes += not failed
        self._left = None
        if self._sampled and not failed and not self._looked_on() and self._shortened < _NOTED:
            self._left = [state_of(p) for p in self._sampled], _norm(self._sampled)

    def _looked_on(self) -> bool:
        """Whether torch's own functions are used, or nobody looks closely."""
        return self._clipped or self._bus.log.light or self._bus.experimenting

    def _begins(self, optimizer: Any) -> None:
        left, self._left = self._left, None
        if left is None or self._looked_on() or left[0] == [state_of(p) for p in self._sampled]:
            return
        before, after = left[1], _norm(self._sampled)
        if math.isfinite(before) and before > 0.0 and math.isfinite(after):
            self._shortened += 1
            self._bus.note(_BY, "shortened", factor=after / before)

    def _stepped(self, optimizer: Any) -> None:
        self._passes = 0
        if not self._sampled:
            graded = [p for group in optimizer.param_groups for p in group["params"] if grad_of(p) is not None]
            self._sampled = [p for p in graded if not grad_of(p).is_sparse][:_SAMPLED]
        if self._noted >= _NOTED:
            return
        # What was used in a stretch that nobody looks at closely is not known: the next clip is let pass.
        self._unknown = self._bus.log.light
        if not self._unknown:
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    self._used[id(parameter)] = state_of(parameter)

    def _clip(self, parameters: list[Any], bound: float | None) -> None:
        if bound is None or self._unknown or self._noted >= _NOTED:
            return
        self._noted += 1
        self._clipped = True
        graded = [p for p in parameters if grad_of(p) is not None]
        fresh = [p for p in graded if self._used.get(id(p)) != state_of(p)]
        # Gradients that were set to zero in place are another version of used ones.
        samples = fresh[:: max(1, len(fresh) // 4)]
        if all(is_clear(p) for p in samples):
            fresh = [p for p in fresh if not is_clear(p)]
        self._bus.note(
            _BY,
            "clip",
            params=len(parameters),
            graded=len(graded),
            fresh=len(fresh),
            limit=bound if math.isfinite(bound) else None,
            passes=self._passes,
        )


def _norm(parameters: list[Any]) -> float:
    """The norm of these parameters' gradients together."""
    gradients = [detach(grad_of(p)).double() for p in parameters if grad_of(p) is not None]
    return math.sqrt(sum(float((gradient * gradient).sum()) for gradient in gradients))


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
