"""Optimizers that hold parameters which no model has any more.

`optimizer`, once for each at most, some steps into its use: cls, orphans (tensors that it holds, that have no gradient
and belong to no model that ran since its last step), unowned (trainable tensors of those models that have a gradient
and that no optimizer holds), pairs (orphans with an unowned tensor of the same shape), tensors (all that it holds),
model (class of the model that was trained), at the place where the optimizer was built.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import Module, Optimizer, grad_of, requires_grad_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.owners import owners_of

#: Steps after which an optimizer is looked at: by then nobody builds the model any more, but a head may be exchanged.
_LOOKS, _EVERY = (2, 5, 20), 50

_parameters = Module.parameters


class Orphans:
    """Compares what optimizers hold with what models have."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = owners_of(bus)
        self._steps: dict[int, int] = {}
        self._built: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._said: set[int] = set()
        self._ran: dict[int, Any] = {}
        bus.forward_begins.append(self._runs)
        bus.step_begins.append(self._step)
        bus.replace(Optimizer, "__init__", self._wrap_init)

    def _wrap_init(self, original: Callable[..., None]) -> Callable[..., None]:
        def init(optimizer: Any, *args: Any, **kwargs: Any) -> None:
            original(optimizer, *args, **kwargs)
            try:
                self._built[optimizer] = self._bus.log.at()
            except Exception as error:
                self._bus.log.failed(error)

        return init

    def _runs(self, module: Any, args: Any, kwargs: Any) -> None:
        self._ran[id(module)] = weakref.ref(module)

    def _step(self, optimizer: Any) -> None:
        ran, self._ran = self._ran, {}
        number = self._bus.log.ident(optimizer)
        steps = self._steps[number] = self._steps.get(number, 0) + 1
        if (steps not in _LOOKS and steps % _EVERY) or number in self._said:
            return
        models = [model for ref in ran.values() if (model := ref()) is not None]
        known = {id(p) for model in models for p in _parameters(model)}
        held = [p for group in optimizer.param_groups for p in group["params"]]
        orphans = [p for p in held if id(p) not in known and grad_of(p) is None and requires_grad_of(p)]
        if not orphans:
            return
        unowned = [(p, m) for m in models for p in _parameters(m) if _trains(p) and not self._owners.owns(p)]
        if unowned:
            self._said.add(number)
            shapes = [tuple(shape_of(p)) for p, _ in unowned]
            self._bus.note(
                "orphans",
                "optimizer",
                at=self._built.get(optimizer, -1),
                cls=type(optimizer).__name__,
                orphans=len(orphans),
                unowned=len(unowned),
                pairs=sum(tuple(shape_of(p)) in shapes for p in orphans),
                tensors=len(held),
                model=type(unowned[0][1]).__name__,
            )


def _trains(parameter: Any) -> bool:
    return requires_grad_of(parameter) and grad_of(parameter) is not None


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Orphans(bus)
