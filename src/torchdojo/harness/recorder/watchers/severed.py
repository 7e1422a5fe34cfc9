"""Parameters that take part in a training forward and never get a gradient.

`parameters`, once for each model at the end: model, names (of some of them), tensors (how many), all (trainable
tensors of the model that were used), forwards (looked into), change (how much the outputs that a backward pass did
reach change, relative to their size, when those parameters of a copy of the model are shaken; null when that could not
be tried).
`cut`, once for each model at the end of whose outputs a backward pass never reached any, while some of its parameters
got gradients all the same, as by a penalty on weights: model, tensors (of parameters that were used and never got a
gradient), all, forwards.
`handed`, once for each pair at the end: model, to (class of the model that its output was given to), tensors, times
(forwards looked into in which the output arrived without its graph).
`unrecorded`, once for each class of model at the end: model, tensors (of parameters that never got a gradient, since
the model was called in train mode with gradients switched off each time it was looked into), forwards.

Only parameters that want gradients and that an optimizer holds; but for the last of these notes, in modules that were
called with gradients recorded.
"""

from __future__ import annotations

from typing import Any

import torch

from torchdojo.harness.originals import (
    Module,
    Tensor,
    data_ptr,
    detach,
    grad_fn_of,
    grad_of,
    requires_grad_of,
    shape_of,
    weak,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.looks import Look, looks_of
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.owners import own_parameters, owners_of, same_values, some_values
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

#: Looks into a model before its parameters are shaken, and tries.
_LOOKS, _TRIES = 4, 2
_SHAKE = 0.05
_MOST_NAMED = 4

_named_parameters = Module.named_parameters


class _Used:
    """A parameter that was used."""

    __slots__ = ("graded", "name", "owned", "parameter", "uses")

    def __init__(self, parameter: Any) -> None:
        self.parameter = weak(parameter)
        self.name = ""
        self.uses = 0
        self.graded = self.owned = False


class _Model:
    def __init__(self, cls: str) -> None:
        self.cls = cls
        self.at = -1
        self.looks = self.tries = 0
        self.used: dict[int, _Used] = {}
        self.change: float | None = None
        #: Places of outputs that a backward pass reached.
        self.reached: set[int] = set()
        #: Where the output went without its graph, and how often.
        self.handed: dict[str, int] = {}

    def lacking(self, uses: int) -> list[_Used]:
        return [used for used in self.used.values() if used.uses >= uses and used.owned and not used.graded]


class Severed:
    """Follows gradients of the models that are looked into."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._models: dict[int, _Model] = {}
        #: Parameters that have not been seen with a gradient, of each model.
        self._fresh: dict[tuple[int, int], _Used] = {}
        #: Models that were called with gradients switched off, by their numbers.
        self._unrecorded: dict[int, _Model] = {}
        #: The output of the latest look: its model, address, shape and values.
        self._output: tuple[_Model, int, tuple[int, ...], Array] | None = None
        looks_of(bus).ends.append(self._look)
        bus.forward_begins.append(self._arrives)
        bus.step_begins.append(self._step)
        bus.backward_ends.append(self._differentiated)
        bus.script_ends.append(self._tell)

    def _look(self, look: Look) -> None:
        if not look.calls:
            return
        number = self._bus.log.ident(look.root)
        if not look.calls[0].grad:
            self._look_unrecorded(look, self._unrecorded.setdefault(number, _Model(type(look.root).__name__)))
            return
        model = self._models.setdefault(number, _Model(type(look.root).__name__))
        model.at = self._bus.log.at()
        model.looks += 1
        names = {id(p): name for name, p in _named_parameters(look.root)}
        met: set[int] = set()
        for call in look.calls:
            if call.grad and id(call.module) not in met:
                met.add(id(call.module))
                for parameter in own_parameters(call.module, trainable=True):
                    self._use(model, parameter, names.get(id(parameter), ""))
        outputs = tensors_in(look.output)
        for place, output in enumerate(outputs):
            if requires_grad_of(output) and grad_fn_of(output) is not None:
                output.register_hook(_Reached(model, place))
        first = next((t for t in outputs if grad_fn_of(t) is not None), None)
        self._output = None if first is None else (model, data_ptr(first), shape_of(first), some_values(first))
        if (
            model.looks > _LOOKS
            and model.tries < _TRIES
            and model.reached
            and (lacking := model.lacking(_LOOKS))
            and (not model.tries or self._bus.affords_another())
        ):
            model.tries += 1
            change = self._shaken(look, model, {used.name for used in lacking})
            model.change = change if model.change is None else max(model.change, change or 0.0)

    def _look_unrecorded(self, look: Look, model: _Model) -> None:
        model.at = self._bus.log.at()
        model.looks += 1
        for name, parameter in _named_parameters(look.root):
            if requires_grad_of(parameter):
                self._use(model, parameter, name)

    def _use(self, model: _Model, parameter: Any, name: str) -> None:
        used = model.used.get(id(parameter))
        if used is None or used.parameter() is not parameter:
            used = model.used[id(parameter)] = _Used(parameter)
        used.name = name
        used.uses += 1
        if not used.graded:
            self._fresh[id(parameter), id(model)] = used

    def _arrives(self, module: Any, args: Any, kwargs: Any) -> None:
        """See whether the latest output comes here without its graph."""
        output, self._output = self._output, None
        given = first_tensor(args, kwargs)
        if output is None or given is None or grad_fn_of(given) is not None or shape_of(given) != output[2]:
            return
        model, address, _, values = output
        if data_ptr(given) == address or same_values(values, some_values(given)):
            name = type(module).__name__
            model.handed[name] = model.handed.get(name, 0) + 1

    def _step(self, optimizer: Any) -> None:
        # With an optimizer for each parameter, each looks when its own gradient is there.
        self._notice()
        for key, used in list(self._fresh.items()):
            parameter = used.parameter()
            if parameter is not None:
                used.owned = used.owned or self._owners.owns(parameter)
            if parameter is None or used.graded:
                del self._fresh[key]

    def _differentiated(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        # What comes after may clear the gradients again, before a step has seen them.
        self._notice()

    def _notice(self) -> None:
        for model in (*self._models.values(), *self._unrecorded.values()):
            for used in model.used.values():
                if not used.graded and (parameter := used.parameter()) is not None:
                    used.graded = grad_of(parameter) is not None

    def _shaken(self, look: Look, model: _Model, names: set[str]) -> float | None:
        """How much the outputs that were reached change when these parameters of a copy do."""
        with self._bus.experiment(), torch.no_grad():
            twin = self._bus.twin(look.root)
            if twin is None:
                return None
            try:
                before = self._answers(twin, look)
                for name, parameter in _named_parameters(twin):
                    if name in names:
                        parameter.add_(_SHAKE * (parameter.abs().mean() + _SHAKE) * torch.randn_like(parameter))
                after = self._answers(twin, look)
            except Exception:
                return None  # What works once, and in the script, need not work on a copy.
        changes = [
            float(abs(a - b).max()) / (float(abs(b).max()) + 1e-12)
            for place, (a, b) in enumerate(zip(after, before, strict=True))
            if place in model.reached and a.shape == b.shape and a.size
        ]
        return max(changes, default=None)

    @staticmethod
    def _answers(twin: Any, look: Look) -> list[Array]:
        torch.manual_seed(0)
        return [array(detach(t)).astype("float64") for t in tensors_in(twin(*look.args, **look.kwargs))]

    def _tell(self) -> None:
        for number, model in self._unrecorded.items():
            lacking = model.lacking(_LOOKS)
            if number not in self._models and lacking and len(lacking) == len(model.used):
                self._bus.note(
                    "severed", "unrecorded", at=model.at, model=model.cls, tensors=len(lacking), forwards=model.looks
                )
        for model in self._models.values():
            lacking = model.lacking(2)
            if not lacking:
                continue
            facts = {"model": model.cls, "tensors": len(lacking)}
            if model.reached:
                self._bus.note(
                    "severed",
                    "parameters",
                    at=model.at,
                    names=[used.name for used in lacking[:_MOST_NAMED]],
                    all=len(model.used),
                    forwards=model.looks,
                    change=model.change,
                    **facts,
                )
            elif len(lacking) == len(model.used):
                for name, times in model.handed.items():
                    self._bus.note("severed", "handed", at=model.at, to=name, times=times, **facts)
            else:
                self._bus.note("severed", "cut", at=model.at, all=len(model.used), forwards=model.looks, **facts)


class _Reached:
    """A hook of an output: a backward pass came by."""

    def __init__(self, model: _Model, place: int) -> None:
        self._model = model
        self._place = place

    def __call__(self, gradient: Tensor) -> None:
        self._model.reached.add(self._place)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Severed(bus)
