"""Weights as training begins.

`layer`, at the end, for each affine layer whose weights began all equal, or of a huge size: model, name, cls, rows
(units), columns (inputs of a unit), value (of all weights, null when they differ), gain (their size times the root of
the number of inputs of a unit), last (whether it was the last affine layer that ran), tied (whether an embedding holds
the same weights), apart (how far the rows lie apart at the last look, relative to the largest weight; 0 when all are
equal), steps (updates until that look), graded (a backward pass gave the weights a gradient, be it zero). Only weights
that want gradients, were not loaded, and before any update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import Module, grad_of, requires_grad_of, shape_of, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.identities import Identities
from torchdojo.harness.recorder.looks import Look, looks_of
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.owners import owners_of

_AFFINE = (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d, torch.nn.Bilinear)
_MOST_VALUES = 4096
_HUGE = 8.0
_MOST_NOTES = 20

_modules, _parameters = Module.modules, Module.parameters


class _Layer:
    def __init__(self, look: Look, module: Any, at: int, values: Array) -> None:
        weight = module.weight
        self.weight = weak(weight)
        self.at = at
        self.model = type(look.root).__name__
        self.cls = type(module).__name__
        self.name = look.name(module) or ""
        self.rows, self.columns = values.shape[0], int(np.prod(shape_of(weight)[1:]))
        self.value = float(values.flat[0]) if np.ptp(values) == 0 else None
        self.gain = float(np.sqrt(np.mean(values**2)) * np.sqrt(self.columns))
        self.last = self.tied = self.graded = False
        self.apart = 0.0
        self.first = self.steps = look.updates


class InitialWeights:
    """Looks at weights before the first update, and at those that stood out again later."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._loaded = Identities()
        self._done: set[int] = set()
        self._layers: list[_Layer] = []
        looks_of(bus).ends.append(self._look)
        bus.backward_ends.append(self._differentiated)
        bus.script_ends.append(self._tell)
        bus.replace(Module, "load_state_dict", self._wrap_load)

    def _wrap_load(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load_state_dict(module: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(module, *args, **kwargs)
            self._loaded.update(_parameters(module))
            return result

        return load_state_dict

    def _look(self, look: Look) -> None:
        if not look.calls or not look.calls[0].grad:
            return
        for layer in self._layers:
            weight = layer.weight()
            if weight is not None:
                values = _rows(weight)
                layer.apart = float(np.ptp(values, axis=0).max() / (np.abs(values).max() + 1e-30))
                layer.steps = look.updates
        number = self._bus.log.ident(look.root)
        if number in self._done:
            return
        self._done.add(number)
        self._first(look)

    def _first(self, look: Look) -> None:
        affine = [call for call in look.calls if isinstance(call.module, _AFFINE)]
        embedded = {id(m.weight) for m in _modules(look.root) if isinstance(m, torch.nn.Embedding)}
        met: set[int] = set()
        for call in affine:
            weight = call.module.weight
            if id(weight) in met or not self._begins(weight):
                continue
            met.add(id(weight))
            layer = _Layer(look, call.module, call.at, _rows(weight))
            layer.last = call.module is affine[-1].module
            layer.tied = id(weight) in embedded
            if (layer.value is not None and layer.rows > 1 and layer.columns > 1) or layer.gain > _HUGE:
                self._layers.append(layer)

    def _differentiated(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        for layer in self._layers:
            if not layer.graded and (weight := layer.weight()) is not None:
                layer.graded = grad_of(weight) is not None

    def _begins(self, weight: Any) -> bool:
        return requires_grad_of(weight) and weight not in self._loaded and not self._owners.owns(weight)

    def _tell(self) -> None:
        for layer in self._layers[:_MOST_NOTES]:
            self._bus.note(
                "initial_weights",
                "layer",
                at=layer.at,
                model=layer.model,
                name=layer.name,
                cls=layer.cls,
                rows=layer.rows,
                columns=layer.columns,
                value=layer.value,
                gain=layer.gain,
                last=layer.last,
                tied=layer.tied,
                apart=layer.apart,
                steps=layer.steps - layer.first,
                graded=layer.graded,
            )


def _rows(weight: Any) -> Array:
    """Some of the weights, one row for each unit."""
    values = array(weight).astype(np.float64)
    values = values.reshape(values.shape[0], -1)
    return values[:64, : max(2, _MOST_VALUES // 64)]


def watch(bus: Bus) -> None:
    """Begin to watch."""
    InitialWeights(bus)
