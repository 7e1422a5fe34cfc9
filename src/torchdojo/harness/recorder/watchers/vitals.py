"""What somebody who debugs without reading prints first: gradient norms, update sizes, activations, one batch.

No probe reads these notes: they are shown to people. Numbers come as text, so that NaN and infinities are told apart.

    update       at sampled updates: number (of the update, from 1), layers (names), norms (of the layers' gradients
                 before it, "none" without any), sizes (of the layers' change relative to their weights; empty when
                 there are too many weights), total (the same of all weights together), rates
    backward     sampled, as long as nothing is ever updated: number (of the backward pass), layers, norms
    activations  of one training forward at a time: number (of updates so far), model (class), layers, means, spreads,
                 zeros (shares of the output), fed_zeros (the same of what went in; "" where that was no numbers)
    tensor       role, shape, dtype, device, low, high, mean, spread, zeros (share), strange (NaN and infinities),
                 labels and counts (of whole numbers with few values), first (the first values)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from torchdojo.harness.originals import (
    Module,
    Tensor,
    device_of,
    dtype_of,
    grad_of,
    is_grad_enabled,
    numel,
    shape_of,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.log import dtype_name
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

#: Updates are sampled one by one at first; whenever so many were, half as often.
_AT_ONE_STRIDE = 32
_MOST_SAMPLES = 240
_MOST_LAYERS = 40
#: Weights of models larger than this are not copied to see how they change.
_MOST_WEIGHTS = 20_000_000
_MOST_ACTIVATIONS = 12
#: Values of one tensor that figures are made of.
_MOST_VALUES = 1 << 16
_MOST_LABELS = 24
_SHOWN_VALUES = 8
#: Backward passes without any update after which gradients are noted all the same.
_PATIENCE = 8

_parameters, _modules = Module.named_parameters, Module.named_modules
_hook_after = Module.register_forward_hook

Groups = dict[str, list[Any]]


def watch(bus: Bus) -> None:
    """Follow updates, one batch, and the layers of some training forwards."""
    layers = _Layers()
    updates = _Updates(bus, layers)
    bus.forward_begins.append(lambda module, args, kwargs: layers.meet(module))
    bus.step_begins.append(updates.begin)
    bus.step_ends.append(updates.end)
    bus.backward_ends.append(updates.passed)
    activations = _Activations(bus, updates)
    bus.forward_begins.append(activations.begin)
    bus.forward_ends.append(activations.end)
    bus.script_ends.append(activations.let_go)
    batches = _Batches(bus)
    bus.forward_begins.append(batches.forward)
    bus.loss_ends.append(batches.loss)


class _Layers:
    """Which layer a parameter belongs to, by the models that were called."""

    def __init__(self) -> None:
        self._met: set[int] = set()
        self._named: dict[int, str] = {}
        self._groups: Groups = {}

    def meet(self, module: Any) -> None:
        if id(module) in self._met:
            return
        self._met.add(id(module))
        for name, parameter in _parameters(module):
            if id(parameter) not in self._named:
                self._add(f"{type(module).__name__}.{name.rpartition('.')[0]}".rstrip("."), parameter)

    def with_those_of(self, optimizer: Any) -> Groups:
        """The layers of all models met and of this optimizer, as many as can be shown."""
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if id(parameter) not in self._named:
                    self._add("weights outside a model", parameter)
        return self.known()

    def known(self) -> Groups:
        return dict(list(self._groups.items())[:_MOST_LAYERS])

    def _add(self, layer: str, parameter: Any) -> None:
        # The parameter is kept, so that no other gets its identity.
        self._named[id(parameter)] = layer
        self._groups.setdefault(layer, []).append(parameter)


class _Samples:
    """Which of many moments to look at: all at first, then ever fewer."""

    def __init__(self) -> None:
        self._stride = 1
        self._taken = 0

    def takes(self, number: int) -> bool:
        if number % self._stride or self._taken >= _MOST_SAMPLES:
            return False
        self._taken += 1
        if self._taken % _AT_ONE_STRIDE == 0:
            self._stride *= 2
        return True


class _Updates:
    def __init__(self, bus: Bus, layers: _Layers) -> None:
        self.count = 0
        self._bus = bus
        self._layers = layers
        self._samples = _Samples()
        self._passes = 0
        self._passes_sampled = _Samples()
        self._before: tuple[Groups, dict[str, Any], dict[str, list[Array]]] | None = None

    def begin(self, optimizer: Any) -> None:
        self.count += 1
        self._before = None
        if not self._samples.takes(self.count - 1):
            return
        groups = self._layers.with_those_of(optimizer)
        facts = {"number": self.count, "layers": list(groups), "norms": _norms(groups)}
        small = sum(numel(p) for group in groups.values() for p in group) <= _MOST_WEIGHTS
        copies = {name: [array(p).copy() for p in group] for name, group in groups.items()} if small else {}
        self._before = groups, facts, copies

    def end(self, optimizer: Any) -> None:
        if self._before is None:
            return
        groups, facts, copies = self._before
        self._before = None
        changes, weights = [], []
        for name, before in copies.items():
            changes.append(_length(array(p) - b for p, b in zip(groups[name], before, strict=True)))
            weights.append(_length(before))
        sizes = [change / (weight or 1.0) for change, weight in zip(changes, weights, strict=True)]
        total = math.hypot(*changes) / (math.hypot(*weights) or 1.0) if changes else math.nan
        rates = [float(group["lr"]) for group in optimizer.param_groups if group.get("lr") is not None]
        self._bus.note("vitals", "update", **facts, sizes=_texts(sizes), total=_text(total), rates=_texts(rates[:8]))

    def passed(self, roots: Any, forwards: Any, failed: bool) -> None:
        self._passes += 1
        if not self.count and self._passes > _PATIENCE and self._passes_sampled.takes(self._passes):
            groups = self._layers.known()
            self._bus.note("vitals", "backward", number=self._passes, layers=list(groups), norms=_norms(groups))


class _Activations:
    """Hooks on the layers of one forward at a time, at the beginning and then ever more rarely."""

    def __init__(self, bus: Bus, updates: _Updates) -> None:
        self._bus = bus
        self._updates = updates
        self._next: dict[int, int] = {}
        self._taken = 0
        self._hooks: list[Any] = []
        self._seen: dict[str, tuple[str, str, str, str]] = {}

    def begin(self, module: Any, args: Any, kwargs: Any) -> None:
        self.let_go()
        # Where no gradients are recorded, torch takes other paths through modules without hooks: not to be disturbed.
        if not is_grad_enabled() or self._updates.count < self._next.get(id(module), 0):
            return
        if self._taken >= _MOST_ACTIVATIONS:
            return
        self._taken += 1
        self._next[id(module)] = max(1, 4 * self._updates.count)
        self._seen = {}
        for name, layer in list(_modules(module))[: 8 * _MOST_LAYERS]:
            if next(iter(vars(layer)["_modules"]), None) is None and len(self._hooks) < _MOST_LAYERS:
                shown = f"{name or 'model'} ({type(layer).__name__})"
                self._hooks.append(_hook_after(layer, self._looking(shown)))

    def end(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if not self._hooks:
            return
        self.let_go()
        figures = list(self._seen.values())
        self._bus.note(
            "vitals",
            "activations",
            number=self._updates.count,
            model=type(module).__name__,
            layers=list(self._seen),
            means=[mean for mean, _, _, _ in figures],
            spreads=[spread for _, spread, _, _ in figures],
            zeros=[zeros for _, _, zeros, _ in figures],
            fed_zeros=[fed for _, _, _, fed in figures],
        )

    def let_go(self) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    def _looking(self, name: str) -> Callable[[Any, Any, Any], None]:
        def look(layer: Any, args: Any, output: Any) -> None:
            try:
                # A layer that is used twice shows its last use.
                made, given = first_tensor((output,)), first_tensor(args)
                if made is not None:
                    mean, spread, zeros = _figures(_sample(made))
                    fed = "" if given is None or not dtype_of(given).is_floating_point else _zeros(_sample(given))
                    self._seen[name] = mean, spread, zeros, fed
            except Exception as error:
                self._bus.log.failed(error)

        return look


class _Batches:
    """The first batch of training, what its loss was given, and the first batch of evaluation."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._dumped: set[str] = set()

    def forward(self, module: Any, args: Any, kwargs: Any) -> None:
        use = "training" if module.training and is_grad_enabled() else "evaluation"
        if use in self._dumped:
            return
        self._dumped.add(use)
        given = tensors_in([args, kwargs])
        for number, tensor in enumerate(given, start=1):
            which = f" {number}" if len(given) > 1 else ""
            self._dump(f"input{which} of the model, {use}", tensor)

    def loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        if "loss" in self._dumped:
            return
        self._dumped.add("loss")
        given = [*args, *(kwargs or {}).values()]
        for role, value in zip(("first argument", "target"), given, strict=False):
            if isinstance(value, Tensor):
                self._dump(f"{role} of {name}", value)

    def _dump(self, role: str, tensor: Any) -> None:
        values = _sample(tensor)
        facts: dict[str, Any] = {
            "role": role,
            "shape": list(shape_of(tensor)),
            "dtype": dtype_name(dtype_of(tensor)),
            "device": str(device_of(tensor)),
        }
        if values.size and values.dtype.kind in "iufb":
            numbers = values.astype(np.float64)
            finite = numbers[np.isfinite(numbers)]
            mean, spread, zeros = _figures(values)
            facts |= {"mean": mean, "spread": spread, "zeros": zeros, "strange": int(numbers.size - finite.size)}
            facts |= {"low": _text(finite.min()), "high": _text(finite.max())} if finite.size else {}
            facts["first"] = _texts(numbers[:_SHOWN_VALUES])
        if values.dtype.kind in "iub":
            labels, counts = np.unique(values, return_counts=True)
            if len(labels) <= _MOST_LABELS:
                facts |= {"labels": _texts(labels), "counts": [int(count) for count in counts]}
        self._bus.note("vitals", "tensor", **facts)


def _sample(tensor: Any) -> Array:
    """Values of a tensor in order, thinned out evenly when there are many."""
    values = array(tensor).reshape(-1)
    return values[:: max(1, -(-values.size // _MOST_VALUES))]


def _figures(values: Array) -> tuple[str, str, str]:
    """Mean, standard deviation, share of zeros."""
    with np.errstate(all="ignore"):
        numbers = values.astype(np.float64)
        return _text(numbers.mean()), _text(numbers.std()), _zeros(values)


def _zeros(values: Array) -> str:
    return _text(np.mean(values == 0)) if values.size else "nan"


def _norms(groups: Groups) -> list[str]:
    found = []
    for parameters in groups.values():
        grads = [grad for grad in map(grad_of, parameters) if grad is not None and not grad.is_sparse]
        found.append(_text(_length(map(array, grads))) if grads else "none")
    return found


def _length(arrays: Any) -> float:
    """The norm of all of them together."""
    with np.errstate(all="ignore"):
        return math.sqrt(sum(float(np.vdot(values, values).real) for values in (v.astype(np.float64) for v in arrays)))


def _texts(values: Any) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    return f"{float(value):.6g}"
