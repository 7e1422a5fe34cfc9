"""Backward passes and how their losses are scaled.

Notes `pass` for the first backward passes: update (updates so far), ratio (the value that was differentiated, times the
gradient that the pass was given, less the scale of a GradScaler, divided by that of the latest library loss, or by
itself where it is a mean that nothing was divided by before or after; null otherwise or when it is zero), mean (that
loss was an average), forward (the latest forward), root (name of the graph node at the root), batches (that loaders
gave since the last pass), loaders (that gave some since the last update), base (a number for the memory in which the
latest input of a model lies), fresh (there were no gradients that it could be added to); and `touched` at updates whose
gradients were written to since the last backward pass, by something else than clipping or a GradScaler: update.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from torch.amp.grad_scaler import GradScaler

from torchdojo.harness.originals import Tensor, detach, grad_fn_of, item, numel
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.graph_walks import before
from torchdojo.harness.recorder.optimizers import Optimizers, State, is_clear, state_of
from torchdojo.harness.recorder.scaled_losses import replace_scaling, scale_behind
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in
from torchdojo.harness.recorder.watchers.clipping import replace_clipping

_BY = "accumulation"
_NOTED = 400

_SCALES = ("DivBackward", "MulBackward")


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = Optimizers(bus)
        self._updates = self._noted = 0
        self._value: float | None = None
        self._mean = False
        self._forward = -1
        self._states: dict[int, State] = {}
        replace_clipping(bus, self._clip)
        replace_scaling(bus)
        bus.replace(GradScaler, "unscale_", self._wrap_unscale)
        self._batches = self._base = 0
        self._loaders: set[int] = set()
        self._bases: dict[int, int] = {}
        bus.batch_comes.append(self._batch)
        bus.forward_ends.append(self._forwarded)
        bus.loss_ends.append(self._loss)
        bus.backward_begins.append(self._begin)
        bus.backward_ends.append(self._end)
        bus.step_begins.append(self._step)
        bus.step_ends.append(self._stepped)

    def _batch(self, iterator: Any, batch: Any) -> None:
        self._batches += 1
        self._loaders.add(id(iterator))

    def _forwarded(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        self._forward = number
        given = first_tensor(args, kwargs)
        if given is not None and self._noted < _NOTED:
            self._base = given.untyped_storage().data_ptr() if numel(given) else 0

    def _loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        self._value = None
        if isinstance(result, Tensor) and numel(result) == 1 and self._noted < _NOTED:
            self._value = float(item(detach(result)))
            self._mean = kwargs.get("reduction", "mean") in ("mean", "batchmean")

    def _begin(self, roots: list[Any]) -> None:
        if self._noted >= _NOTED or not roots or numel(roots[0]) != 1:
            return
        self._noted += 1
        node = grad_fn_of(roots[0])
        ratio = None
        if self._value:
            ratio = float(item(detach(roots[0]))) / (scale_behind(roots[0]) or 1.0) / self._value
            ratio *= _only_number(self._bus.root_gradients)
            ratio = ratio if math.isfinite(ratio) else None
        elif node is not None and _is_plain_mean(node):
            ratio, self._mean = _only_number(self._bus.root_gradients), True
        self._bus.note(
            _BY,
            "pass",
            update=self._updates,
            ratio=ratio,
            mean=self._mean,
            forward=self._forward,
            root="" if node is None else node.name(),
            batches=self._batches,
            loaders=len(self._loaders),
            base=self._bases.setdefault(self._base, len(self._bases)),
            fresh=all(is_clear(parameter) for owner in self._owners for parameter in owner.representatives()),
        )
        self._batches = 0
        self._value = None

    def _end(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if self._noted < _NOTED:
            for owner in self._owners:
                self._states.update(owner.gradients())

    def _clip(self, parameters: list[Any], bound: float | None) -> None:
        if bound is None:
            self._accept(parameters)
        else:
            self._look(parameters)

    def _wrap_unscale(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def unscale_(scaler: Any, optimizer: Any) -> Any:
            result = original(scaler, optimizer)
            try:
                self._accept(self._owners.of(optimizer).parameters())
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return unscale_

    def _accept(self, parameters: Iterable[Any]) -> None:
        for parameter in parameters:
            if id(parameter) in self._states:
                self._states[id(parameter)] = state_of(parameter)

    def _step(self, optimizer: Any) -> None:
        if self._noted >= _NOTED or self._bus.log.light:
            return
        self._look(self._owners.of(optimizer).representatives())

    def _look(self, parameters: Iterable[Any]) -> None:
        """Note gradients that are not as they were left."""
        if self._noted >= _NOTED:
            return
        for parameter in parameters:
            state = state_of(parameter)
            if state is not None and id(parameter) in self._states and self._states[id(parameter)] != state:
                self._bus.note(_BY, "touched", update=self._updates)
                break

    def _stepped(self, optimizer: Any) -> None:
        self._updates += 1
        self._loaders.clear()


def _is_plain_mean(node: Any) -> bool:
    """Whether the root is a mean, of what was not scaled just before."""
    scaled = before(node)
    return node.name().startswith("MeanBackward") and scaled is not None and not scaled.name().startswith(_SCALES)


def _only_number(given: Any) -> float:
    """The gradient that a backward pass from a single number was given; 1 without one."""
    tensors = tensors_in(given)
    return float(item(detach(tensors[0]))) if len(tensors) == 1 and numel(tensors[0]) == 1 else 1.0


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
