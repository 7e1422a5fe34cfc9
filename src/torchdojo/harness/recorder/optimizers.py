"""The optimizers of a run, and what a few of each one's parameters tell about its gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from torchdojo.harness.originals import Optimizer, grad_of, is_zero, version_of, weak
from torchdojo.harness.recorder.bus import Bus

#: Parameters that stand for all of an optimizer's.
_REPRESENTATIVES = 8

#: A gradient tensor and its version; None where there is no gradient.
State = tuple[int, int] | None


class Watched:
    """One optimizer, not kept alive. `number` is its id in the log, `at` the line that built it."""

    def __init__(self, optimizer: Any, number: int, at: int) -> None:
        self.optimizer = weak(optimizer)
        self.number = number
        self.at = at
        self.cls = type(optimizer).__name__
        #: What a watcher remembers of it.
        self.facts: dict[str, Any] = {}

    def parameters(self) -> list[Any]:
        """All it owns now; none when it is gone."""
        optimizer = self.optimizer()
        return [] if optimizer is None else [p for group in optimizer.param_groups for p in group["params"]]

    def representatives(self) -> list[Any]:
        """A few of its parameters, from the first to the last."""
        optimizer = self.optimizer()
        groups: list[dict[str, Any]] = [] if optimizer is None else optimizer.param_groups
        owned = groups[0]["params"] if len(groups) == 1 else [p for group in groups for p in group["params"]]
        if len(owned) <= _REPRESENTATIVES:
            return list(owned)
        step = (len(owned) - 1) / (_REPRESENTATIVES - 1)
        return [owned[round(index * step)] for index in range(_REPRESENTATIVES)]

    def gradients(self) -> dict[int, State]:
        """The state of the representatives' gradients, by the identity of the parameter."""
        found: dict[int, State] = {}
        for parameter in self.representatives():
            gradient = grad_of(parameter)
            found[id(parameter)] = None if gradient is None else (id(gradient), version_of(gradient))
        return found


class Optimizers:
    """Every optimizer that is built while a watcher looks, in order, as long as it lives."""

    def __init__(self, bus: Bus, built: Callable[[Watched], None] | None = None) -> None:
        self._bus = bus
        self._built = built
        self._known: dict[int, Watched] = {}
        bus.replace(Optimizer, "__init__", self._wrap)

    def __iter__(self) -> Iterator[Watched]:
        return (owner for owner in list(self._known.values()) if owner.optimizer() is not None)

    def everyone(self) -> list[Watched]:
        """Those that are gone as well."""
        return list(self._known.values())

    def of(self, optimizer: Any) -> Watched:
        """What is remembered of this optimizer."""
        number = self._bus.log.ident(optimizer)
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = Watched(optimizer, number, self._bus.log.at())
        return found

    def _wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def construct(optimizer: Any, *args: Any, **kwargs: Any) -> None:
            original(optimizer, *args, **kwargs)
            if self._bus.experimenting:
                return
            try:
                owner = self.of(optimizer)
                if self._built is not None:
                    self._built(owner)
            except Exception as error:
                self._bus.log.failed(error)

        return construct


def state_of(parameter: Any) -> State:
    """The gradient of a parameter as something that can be compared later."""
    gradient = grad_of(parameter)
    return None if gradient is None else (id(gradient), version_of(gradient))


def is_clear(parameter: Any) -> bool:
    """Whether a parameter has no gradient, or one of zeros."""
    gradient = grad_of(parameter)
    return gradient is None or (not gradient.is_sparse and is_zero(gradient))
