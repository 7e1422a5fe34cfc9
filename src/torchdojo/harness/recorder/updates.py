"""Parameter updates: by an optimizer, or by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchdojo.harness.originals import Tensor, grad_of, numel, requires_grad_of, version_of
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.numbers import array, finite

#: Every so many steps the relative size of the update is measured.
_MEASURED_EVERY = 8

_Scalar = (int, float, str, bool)

BeforeUpdate = Callable[[Any], None]
AfterUpdate = Callable[[], None]


class Updates:
    """Notes constructions and steps of optimizers, and parameters that move without one."""

    def __init__(self, log: Log, gradients: Gradients, graphs: Graphs) -> None:
        #: Told the optimizer before it moves parameters (None for an update by hand, afterwards).
        self.before: BeforeUpdate | None = None
        self.after: AfterUpdate | None = None
        self.count = 0
        self._log = log
        self._gradients = gradients
        self._graphs = graphs
        self._any_step = False
        self._at = -1
        self._found: dict[str, int] | None = None
        self._largest: tuple[Any, Any] | None = None
        self._values: list[tuple[Any, int, float, float]] = []

    def wrap_construction(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `Optimizer.__init__`."""

        def construct(optimizer: Any, params: Any, defaults: Any, *args: Any, **kwargs: Any) -> None:
            original(optimizer, params, defaults, *args, **kwargs)
            owned = [p for group in optimizer.param_groups for p in group["params"]]
            self._log.add(
                "optimizer",
                self._log.at(),
                opt=self._log.ident(optimizer),
                cls=type(optimizer).__name__,
                module=type(optimizer).__module__,
                hyper={name: value for name, value in defaults.items() if _plain(value)},
                groups=[{"lr": _rate(group), "params": len(group["params"])} for group in optimizer.param_groups],
                owned=len(owned),
                trainable=sum(requires_grad_of(p) for p in owned),
            )

        return construct

    def before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """A global step pre-hook. `args` begins with the optimizer itself."""
        self._at = self._log.at()
        closure = kwargs.get("closure", args[1] if len(args) > 1 else None)
        # With a closure the gradients of this update do not exist yet: they are looked at afterwards.
        self._found = None if callable(closure) else self._gradients.examine(_owned(optimizer))
        self._largest = None
        if self.count % _MEASURED_EVERY == 0:
            largest = max(_owned(optimizer), key=numel, default=None)
            if largest is not None:
                self._largest = largest, array(largest).copy()
        if self.before is not None:
            self.before(optimizer)

    def after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """A global step post-hook."""
        owned = _owned(optimizer)
        self._any_step = True
        found = self._gradients.examine(owned) if self._found is None else self._found
        self._gradients.consume(owned)
        rates = [_rate(group) or 0.0 for group in optimizer.param_groups]
        self._note(
            self._at,
            opt=self._log.ident(optimizer),
            cls=type(optimizer).__name__,
            lrs=rates,
            update=self._size(),
            **found,
        )

    def before_backward(self) -> None:
        """See whether parameters moved by hand since the last backward pass."""
        values, self._values = self._values, []
        if self._any_step or not values:
            return
        moved, rate = [], None
        for parameter, version, value, gradient in values:
            now = float(array(parameter).flat[0])
            if version_of(parameter) != version or now != value:
                moved.append(parameter)
                if gradient and np.isfinite(now):
                    rate = (value - now) / gradient
        if moved:
            found = self._gradients.examine_afterwards(moved)
            self._gradients.consume(moved)
            self._note(self._log.at(), opt=None, cls="manual", lrs=[] if rate is None else [rate], update=None, **found)

    def after_backward(self, models: list[Any]) -> None:
        """Remember where parameters stand, to see them move by hand."""
        if self._any_step:
            # A script that leaves its updates to an optimizer is not looked at twice.
            return
        seen = {id(p): p for model in models for p in model.parameters() if requires_grad_of(p)}
        self._values = [
            (p, version_of(p), float(array(p).flat[0]), _first(grad_of(p))) for p in seen.values() if numel(p)
        ]

    def _note(self, at: int, **fields: Any) -> None:
        self._log.add("step", at, live=self._graphs.live(), **fields)
        self.count += 1
        if self.after is not None:
            self.after()

    def _size(self) -> float | None:
        if self._largest is None:
            return None
        parameter, before = self._largest
        self._largest = None
        with np.errstate(all="ignore"):
            return finite(np.linalg.norm(array(parameter) - before) / (np.linalg.norm(before) + 1e-12))


def _owned(optimizer: Any) -> list[Any]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _rate(group: dict[str, Any]) -> float | None:
    rate = group.get("lr")
    return None if rate is None else float(rate)


def _first(gradient: Any) -> float:
    return 0.0 if gradient is None or gradient.is_sparse else float(array(gradient).flat[0])


def _plain(value: Any) -> bool:
    if isinstance(value, Tensor):
        return False
    if isinstance(value, (tuple, list)):
        return all(isinstance(v, (int, float)) for v in value)
    return value is None or isinstance(value, _Scalar)
