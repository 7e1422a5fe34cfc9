"""Weights with which models are evaluated, beside those that train.

`weights`, in the first evaluation of a model after an update, and in its first training forward after that, at most
300: forward, model, layout (a number for the shapes of all parameters), updates (so far), values (of some parameters),
and when another model of the same layout trains: live (the same of that model's parameters), moved (how far the last
update moved them, the largest change), apart (how far `values` and `live` are apart).
`first`, for each model in its first training forward, or before any update: the same, less the last three.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from torchdojo.harness.originals import Module, is_grad_enabled, shape_of, weak
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.owners import unmade

_TENSORS, _VALUES, _MOST_NOTES = 6, 4, 300

_parameters = Module.parameters


class Averages:
    """Samples parameters when a model turns from training to evaluation and back."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._updates = 0
        self._notes = 0
        #: Per model: updates at the last evaluation that was noted, and whether a training forward is to follow.
        self._evaluated: dict[int, int] = {}
        self._returning: set[int] = set()
        self._first: set[int] = set()
        #: Models whose layers all have their parameters, and those that have been met in training.
        self._made: set[int] = set()
        self._trains: set[int] = set()
        #: The latest model that trains, by layout, and its values before the last update.
        self._live: dict[int, Any] = {}
        self._before: dict[int, Array] = {}
        self._doubles: set[int] = set()
        self._pending: tuple[int, str, dict[str, Any]] | None = None
        bus.forward_begins.append(self._begin)
        bus.forward_ends.append(self._end)
        bus.step_begins.append(self._step)
        bus.step_ends.append(self._updated)

    def _step(self, optimizer: Any) -> None:
        for layout in self._doubles:
            reference = self._live.get(layout)
            model = reference() if reference is not None else None
            if model is not None:
                self._before[layout] = _sample(model)[1]

    def _updated(self, optimizer: Any) -> None:
        self._updates += 1

    def _begin(self, module: Any, args: Any, kwargs: Any) -> None:
        self._pending = None
        if self._notes >= _MOST_NOTES:
            return
        number = self._bus.log.ident(module)
        if number not in self._made:
            if any(isinstance(p, unmade) for p in _parameters(module)):
                return
            self._made.add(number)
        training = is_grad_enabled() and module.training
        if number not in self._first and (training or not self._updates):
            self._first.add(number)
            layout, values = _sample(module)
            self._pending = number, "first", {"layout": layout, "values": values.tolist()}
        elif training:
            if number in self._returning:
                self._returning.discard(number)
                self._note(number, module)
        elif self._evaluated.get(number) != self._updates:
            self._evaluated[number] = self._updates
            self._returning.add(number)
            self._note(number, module)
        if training and number not in self._trains:
            self._trains.add(number)
            self._live.setdefault(_layout(module), weak(module))

    def _note(self, number: int, module: Any) -> None:
        layout, values = _sample(module)
        facts: dict[str, Any] = {"layout": layout, "values": values.tolist()}
        reference = self._live.get(layout)
        live = reference() if reference is not None else None
        if live is not None and live is not module:
            self._doubles.add(layout)
            now = _sample(live)[1]
            facts["live"] = now.tolist()
            facts["apart"] = float(np.abs(now - values).max())
            if layout in self._before:
                facts["moved"] = float(np.abs(now - self._before[layout]).max())
        self._pending = number, "weights", facts

    def _end(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if self._pending is not None:
            model, what, facts = self._pending
            self._pending = None
            self._notes += 1
            self._bus.note("averages", what, forward=number, model=model, updates=self._updates, **facts)


def _layout(module: Any) -> int:
    return hash(tuple(tuple(shape_of(p)) for p in _parameters(module))) & 0xFFFFFFFF


def _sample(module: Any) -> tuple[int, Array]:
    """The layout of a model's parameters, and a few values of some of them."""
    parameters = list(_parameters(module))
    chosen = parameters[:: max(1, len(parameters) // _TENSORS)][:_TENSORS]
    values = [array(p).reshape(-1)[:_VALUES].astype(np.float64) for p in chosen]
    return _layout(module), np.concatenate(values) if values else np.zeros(0)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Averages(bus)
