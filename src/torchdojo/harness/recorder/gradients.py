"""Gradients as consumables: each may serve one update. Follows their content, not the calls that clear them.

A buffer is *used* when an update worked with it. When the next backward pass begins and the buffer is still there with
content, that content is carried into the next gradient: it is *stale*. Clearing by zero_grad, by hand, by replacing the
buffer or by setting it to None all empty it, and accumulation over micro-batches never uses anything in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchdojo.harness.originals import grad_of, is_zero, version_of, weak


class Buffer:
    """What is remembered about one parameter's gradient."""

    __slots__ = ("before", "carried", "filled", "filled_version", "parameter", "stepped", "used", "used_version")

    def __init__(self, parameter: Any, gone: Any) -> None:
        self.parameter = weak(parameter, gone)
        #: An optimizer has updated the parameter.
        self.stepped = False
        #: The gradient tensor an update used, and its version when last looked at.
        self.used: Any = None
        self.used_version = -1
        #: A backward pass has added to used content.
        self.carried = False
        #: A backward pass has filled it since the last update, and its version then.
        self.filled = False
        self.filled_version = -1
        #: Identity and version of the gradient before the backward pass that is running.
        self.before: tuple[int, int] | None = None


#: Every so many times the parameters of an optimizer are listed anew.
_LOOK_AGAIN = 16


class Gradients:
    """The gradient buffers of every parameter that trains."""

    def __init__(self) -> None:
        self._buffers: dict[int, Buffer] = {}
        self._all: list[Buffer] | None = None
        self._held: tuple[Any, Any, list[Buffer]] | None = None
        self._asked = 0

    def own(self, parameters: Iterable[Any]) -> None:
        """Follow these parameters, too."""
        for parameter in parameters:
            self.buffer(parameter)

    def knows(self, parameter: Any) -> bool:
        """Whether the parameter is followed."""
        return id(parameter) in self._buffers

    def buffer(self, parameter: Any) -> Buffer:
        """The buffer of a parameter, followed from now on."""
        key = id(parameter)
        found = self._buffers.get(key)
        if found is None or found.parameter() is not parameter:
            buffers = self._buffers

            def gone(reference: Any) -> None:
                dead = buffers.get(key)
                if dead is not None and dead.parameter is reference:
                    del buffers[key]
                    self._all = None

            found = buffers[key] = Buffer(parameter, gone)
            self._all = None
        return found

    def _followed(self) -> list[Buffer]:
        if self._all is None:
            self._all = list(self._buffers.values())
        return self._all

    def held_by(self, optimizer: Any) -> list[Buffer]:
        """The buffers of an optimizer's parameters; those of the optimizer that asked last are remembered."""
        groups = optimizer.param_groups
        first = groups[0]["params"] if groups else ()
        known = self._held
        self._asked += 1
        # One group is the rule; several are listed each time.
        if (
            known is not None
            and self._asked % _LOOK_AGAIN
            and known[0]() is optimizer
            and len(groups) == 1
            and known[1] is first
            and len(first) == len(known[2])
        ):
            return known[2]
        found = [self.buffer(parameter) for group in groups for parameter in group["params"]]
        self._held = (weak(optimizer), first, found)
        return found

    def before_backward(self) -> int:
        """How many buffers still hold content that an update has used."""
        stale = 0
        for buffer in self._followed():
            parameter = buffer.parameter()
            gradient = None if parameter is None else grad_of(parameter)
            if gradient is None:
                buffer.before = buffer.used = None
                buffer.carried = False
                continue
            version = version_of(gradient)
            buffer.before = (id(gradient), version)
            if buffer.used is None:
                continue
            known = buffer.carried and version == buffer.used_version
            buffer.carried = buffer.used() is gradient and (known or not is_zero(gradient))
            if buffer.carried:
                buffer.used_version = version
                stale += 1
            else:
                buffer.used = None
        return stale

    def after_backward(self) -> tuple[int, list[Any]]:
        """How many buffers the pass filled, and the parameters among them that no optimizer has stepped."""
        filled = 0
        free = []
        for buffer in self._followed():
            parameter = buffer.parameter()
            gradient = None if parameter is None else grad_of(parameter)
            if gradient is None:
                continue
            version = version_of(gradient)
            if buffer.before != (id(gradient), version):
                filled += 1
                buffer.filled = True
                buffer.filled_version = version
                if not buffer.stepped:
                    free.append(parameter)
                if buffer.carried:
                    # Accumulation may make a new tensor: what it carries on is the same.
                    buffer.used = weak(gradient)
                    buffer.used_version = version
        return filled, free

    def use(self, buffers: Iterable[Buffer]) -> dict[str, int]:
        """An optimizer uses these gradients: counts of its parameters, those with one, stale ones and empty ones."""
        total = missing = lost = stale = 0
        changed = []
        for buffer in buffers:
            total += 1
            parameter = buffer.parameter()
            gradient = None if parameter is None else grad_of(parameter)
            filled = buffer.filled
            buffer.carried = buffer.filled = False
            if gradient is None:
                buffer.used = None
                missing += 1
                lost += filled
                continue
            version = version_of(gradient)
            if filled and version != buffer.filled_version:
                changed.append(gradient)
            if buffer.used is not None and buffer.used() is gradient:
                stale += version == buffer.used_version or not is_zero(gradient)
            else:
                buffer.used = weak(gradient)
            buffer.used_version = version
        # Clipping and unscaling change every gradient as well: three samples tell whether to look at all.
        samples = changed[:: max(1, len(changed) // 3)]
        cleared = sum(map(is_zero, changed)) if samples and all(map(is_zero, samples)) else 0
        empty = lost + cleared
        if empty and missing + cleared == total:
            empty = total
        return {"params": total, "with_grad": total - missing, "stale": stale, "empty": empty}

    def examine_afterwards(self, parameters: Iterable[Any]) -> dict[str, int]:
        """The same for an update by hand, noticed after its gradients may have been cleared."""
        buffers = [self.buffer(parameter) for parameter in parameters]
        stale = sum(buffer.carried for buffer in buffers)
        return {"params": len(buffers), "with_grad": len(buffers), "stale": stale, "empty": 0}

    def consume_afterwards(self, parameters: Iterable[Any]) -> None:
        """An update by hand has used the gradients of these parameters; they may have been cleared since."""
        for parameter in parameters:
            buffer = self.buffer(parameter)
            gradient = grad_of(parameter)
            buffer.carried = False
            if gradient is None or is_zero(gradient):
                buffer.used = None
            elif version_of(gradient) == buffer.filled_version or buffer.used is None:
                buffer.used = weak(gradient)
                buffer.used_version = version_of(gradient)
            buffer.filled = False

    def zeroed(self, buffers: Iterable[Buffer]) -> None:
        """torch's own zero_grad has just cleared these: no need to look at their content."""
        for buffer in buffers:
            buffer.used = None
            buffer.carried = False

    def known_of(self, parameters: Iterable[Any]) -> list[Buffer]:
        """The buffers of those among these parameters that are followed."""
        found = (self._buffers.get(id(parameter)) for parameter in parameters)
        return [buffer for buffer in found if buffer is not None]
