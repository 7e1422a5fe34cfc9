"""Tensors for the judge: updates and the first evaluation pass, as they happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import nn

from torchdojo.harness.options import Options
from torchdojo.harness.originals import Module, Tensor, clone, detach, grad_of
from torchdojo.harness.tensors import to_wire
from torchdojo.wire import TensorData

Send = Callable[[Mapping[str, Any], Mapping[str, TensorData] | None], None]

#: Inputs of one update that are kept (micro-batches).
_MOST_INPUTS = 8


class _Seen:
    """A root forward until it is clear whether a backward pass reaches it."""

    def __init__(self, number: int, model: Any, given: Any, output: Any, state: Mapping[str, Any]) -> None:
        self.number = number
        self.model = model
        self.given = None if given is None else clone(detach(given))
        self.output = clone(detach(output)) if isinstance(output, Tensor) else None
        self.state = state


class Capture:
    """Follows root forwards and updates; sends what was asked for and counts evaluation passes."""

    def __init__(self, options: Options, send: Send) -> None:
        self.evaluation_passes = 0
        #: Whether the judge's weights went into the model; None while there was none.
        self.weights_loaded: bool | None = None
        self._options = options
        self._send = send
        self._latest: _Seen | None = None
        self._inputs: list[tuple[Any, Mapping[str, Any]]] = []
        self._captured = 0
        self._evaluated = 0
        self._evaluating = False
        self._updates = 0

    def before_forward(self, model: Any, args: Any) -> None:
        """Settle the forward before this one; prepare the model."""
        self.settle()
        if self._options.weights is not None and self.weights_loaded is None:
            self._load(model)
        if self._options.dropout_off:
            for layer in Module.modules(model):
                if isinstance(layer, nn.modules.dropout._DropoutNd):
                    layer.p = 0.0

    def after_forward(self, number: int, model: Any, given: Any, output: Any) -> None:
        """Keep what may have to be sent."""
        wanted = self._options.capture_evaluation and self._updates and self.evaluation_passes <= 1
        state = {name: clone(detach(t)) for name, t in Module.state_dict(model).items()} if wanted else {}
        self._latest = _Seen(number, model, given, output, state)
        if self._captured < self._options.capture_steps and given is not None:
            buffers = {name: clone(detach(b)) for name, b in Module.named_buffers(model)}
            self._inputs = [*self._inputs[1 - _MOST_INPUTS :], (clone(detach(given)), buffers)]

    def reached(self, forwards: list[int]) -> None:
        """A backward pass reached these forwards."""
        if self._latest is not None and self._latest.number in forwards:
            self._latest = None

    def settle(self) -> None:
        """The latest forward is over, and no backward pass reached it: it evaluated."""
        seen, self._latest = self._latest, None
        if seen is None or not self._updates:
            return
        if self._inputs:
            self._inputs.pop()
        if not self._evaluating:
            self._evaluating = True
            self.evaluation_passes += 1
        if self._options.capture_evaluation and self.evaluation_passes == 1 and seen.given is not None:
            tensors = {"input": to_wire(seen.given)}
            if seen.output is not None:
                tensors["output"] = to_wire(seen.output)
            if not self._evaluated:
                tensors.update({f"state.{name}": to_wire(t) for name, t in seen.state.items()})
            self._send({"type": "evaluated", "index": self._evaluated, "cls": type(seen.model).__name__}, tensors)
            self._evaluated += 1

    def before_update(self, model: Any) -> None:
        """Send parameters, gradients and inputs as they stand before an update."""
        if model is None or self._captured >= self._options.capture_steps:
            return
        tensors: dict[str, TensorData] = {}
        for name, parameter in Module.named_parameters(model):
            tensors[f"param.{name}"] = to_wire(parameter)
            gradient = grad_of(parameter)
            if gradient is not None and not gradient.is_sparse:
                tensors[f"grad.{name}"] = to_wire(gradient)
        for index, (given, buffers) in enumerate(self._inputs):
            tensors[f"input.{index}"] = to_wire(given)
            tensors.update({f"buffer.{index}.{name}": to_wire(b) for name, b in buffers.items()})
        self._send({"type": "captured", "step": self._captured, "model": type(model).__name__}, tensors)
        self._captured += 1
        self._inputs = []

    def after_update(self) -> bool:
        """An update happened; whether the run has gone as far as was asked."""
        self._updates += 1
        self._evaluating = False
        wanted = self._options.stop_steps
        return (
            wanted is not None and self._updates >= wanted and self.evaluation_passes >= self._options.stop_evaluations
        )

    def _load(self, model: Any) -> None:
        given = self._options.weights or {}
        own = Module.state_dict(model)
        fits = set(own) == set(given) and all(own[name].shape == t.shape for name, t in given.items())
        if fits:
            Module.load_state_dict(model, dict(given))
        self.weights_loaded = fits
