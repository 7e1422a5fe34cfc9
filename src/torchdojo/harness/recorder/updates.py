"""Parameter updates by an optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from torchdojo.harness.originals import Tensor, numel, requires_grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.numbers import array, finite

#: The relative size of the update is measured often at first, then less.
_OFTEN, _OFTEN_UNTIL, _SELDOM = 4, 32, 32

_Scalar = (int, float, str, bool)

BeforeUpdate = Callable[[Any], None]
AfterUpdate = Callable[[], None]


class Updates:
    """Notes constructions and steps of optimizers; counts updates of every kind."""

    def __init__(self, log: Log, gradients: Gradients, graphs: Graphs, bus: Bus) -> None:
        #: Told the optimizer before it moves parameters (None for an update by hand, afterwards).
        self.before: BeforeUpdate | None = None
        self.after: AfterUpdate | None = None
        self.count = 0
        self._log = log
        self._gradients = gradients
        self._graphs = graphs
        self._bus = bus
        self._at = -1
        self._stepping: list[Any] = []
        self._found: dict[str, int] | None = None
        self._largest: tuple[Any, Any] | None = None

    def wrap_construction(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The replacement for `Optimizer.__init__`."""

        def construct(optimizer: Any, params: Any, defaults: Any, *args: Any, **kwargs: Any) -> None:
            original(optimizer, params, defaults, *args, **kwargs)
            try:
                self._note_construction(optimizer, defaults)
            except Exception as error:
                self._log.failed(error)

        return construct

    def before_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """A global step pre-hook. `args` begins with the optimizer itself."""
        self._stepping.append(optimizer)
        if len(self._stepping) > 1:
            return  # An optimizer that wraps another: the outer one is the update.
        if self.before is not None:
            self.before(optimizer)
        self._bus.tell(self._bus.step_begins, optimizer)
        try:
            self._look(optimizer, kwargs.get("closure", args[1] if len(args) > 1 else None))
        except Exception as error:
            self._log.failed(error)

    def after_step(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """A global step post-hook."""
        if self._stepping:
            # A step that raised left its optimizer here.
            while self._stepping.pop() is not optimizer and self._stepping:
                pass
        if self._stepping:
            return
        try:
            if self._log.light:
                self._note_lightly(optimizer)
            else:
                held = self._gradients.held_by(optimizer)
                self._note(optimizer, self._gradients.use(held) if self._found is None else self._found)
        except Exception as error:
            self._log.failed(error)
        self._bus.tell(self._bus.step_ends, optimizer)
        self.counted()

    def counted(self) -> None:
        """An update was noted."""
        self.count += 1
        self._log.updated()
        self._graphs.interval += 1
        self._bus.tell(self._bus.update_ends)
        if self.after is not None:
            self.after()

    def _note(self, optimizer: Any, found: dict[str, int]) -> None:
        log = self._log
        number, live = log.ident(optimizer), self._graphs.outliving()
        rates = tuple([_rate(group) or 0.0 for group in optimizer.param_groups])
        key = ("step", self._at, number, rates, live, *found.values())
        template = log.known(key)
        if template is None:
            said = {"at": self._at, "opt": number, "cls": type(optimizer).__name__, "lrs": list(rates), "live": live}
            template = log.template(key, {**said, **found})
        log.put((template, {"update": None if self._largest is None else self._size()}))

    def _note_lightly(self, optimizer: Any) -> None:
        log = self._log
        number = log.ident(optimizer)
        rates = tuple([_rate(group) or 0.0 for group in optimizer.param_groups])
        key = ("step", self._at, number, rates)
        template = log.known(key)
        if template is None:
            said = {"at": self._at, "opt": number, "cls": type(optimizer).__name__, "lrs": list(rates)}
            template = log.template(key, said)
        log.put((template, {}))

    def _look(self, optimizer: Any, closure: Any) -> None:
        self._at = self._log.at()
        self._found = self._largest = None
        if self._log.light:
            return
        held = self._gradients.held_by(optimizer)
        for buffer in held:
            buffer.stepped = True
        # With a closure the gradients of this update do not exist yet: they are looked at afterwards.
        self._found = None if callable(closure) else self._gradients.use(held)
        if self.count % (_OFTEN if self.count < _OFTEN_UNTIL else _SELDOM) == 0:
            largest = max(_owned(optimizer), key=numel, default=None)
            if largest is not None:
                self._largest = largest, array(largest).copy()

    def _note_construction(self, optimizer: Any, defaults: Any) -> None:
        owned = _owned(optimizer)
        self._gradients.own(owned)
        self._log.phase_begins()
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

    def _size(self) -> float | None:
        if self._largest is None:
            return None
        parameter, before = self._largest
        self._largest = None
        with np.errstate(all="ignore"):
            return finite(np.linalg.norm(array(parameter) - before) / (np.linalg.norm(before) + 1e-12))


def _owned(optimizer: Any) -> list[Any]:
    groups = optimizer.param_groups
    return list(groups[0]["params"]) if len(groups) == 1 else [p for group in groups for p in group["params"]]


def _rate(group: dict[str, Any]) -> float | None:
    rate = group.get("lr")
    return None if rate is None else float(rate)


def _plain(value: Any) -> bool:
    if isinstance(value, Tensor):
        return False
    if isinstance(value, (tuple, list)):
        return all(isinstance(v, (int, float)) for v in value)
    return value is None or isinstance(value, _Scalar)
