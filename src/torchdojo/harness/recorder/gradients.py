"""Gradients as consumables: each may serve one update. Follows their content, not the calls that clear them.

A buffer is *consumed* when an update used it. When the next backward pass begins and the buffer is still there with
content, that content is carried into the next gradient: it is *stale*. Clearing by zero_grad, by hand, by replacing the
buffer or by setting it to None all empty it, and accumulation over micro-batches never consumes in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from torchdojo.harness.originals import grad_of, version_of, weak
from torchdojo.harness.recorder.numbers import has_content


class _Buffer:
    """What is remembered about one parameter's gradient."""

    __slots__ = ("after_backward", "carried", "consumed", "parameter")

    def __init__(self, parameter: Any) -> None:
        self.parameter = weak(parameter)
        self.consumed: Any = None
        self.carried = False
        self.after_backward: tuple[int, int] | None = None


class Gradients:
    """The gradient buffers of every parameter that trains."""

    def __init__(self) -> None:
        self._buffers: dict[int, _Buffer] = {}
        self._backward_since_update = False

    def own(self, parameters: Iterable[Any]) -> None:
        """Follow these parameters, too."""
        for parameter in parameters:
            self._buffer(parameter)

    def _buffer(self, parameter: Any) -> _Buffer:
        found = self._buffers.get(id(parameter))
        if found is None or found.parameter() is not parameter:
            found = self._buffers[id(parameter)] = _Buffer(parameter)
        return found

    def _present(self) -> Iterator[tuple[_Buffer, Any]]:
        for buffer in self._buffers.values():
            parameter = buffer.parameter()
            if parameter is not None:
                yield buffer, grad_of(parameter)

    def before_backward(self) -> int:
        """How many buffers still hold content that an update has used."""
        stale = 0
        for buffer, gradient in self._present():
            buffer.carried = False
            if gradient is None:
                # The next gradient may get the same identity as the one that was dropped.
                buffer.after_backward = None
            if buffer.consumed is None:
                continue
            if gradient is None or buffer.consumed() is not gradient:
                buffer.consumed = None
            elif has_content(gradient):
                buffer.carried = True
                stale += 1
        return stale

    def after_backward(self) -> int:
        """How many buffers the pass touched."""
        touched = 0
        for buffer, gradient in self._present():
            state = None if gradient is None else (id(gradient), version_of(gradient))
            if state is not None and state != buffer.after_backward:
                touched += 1
            buffer.after_backward = state
        self._backward_since_update = True
        return touched

    def examine(self, parameters: Iterable[Any]) -> dict[str, int]:
        """What an update over these parameters finds: counts of all, with a gradient, stale, and empty ones."""
        total = missing = cleared = stale = 0
        for parameter in parameters:
            total += 1
            gradient = grad_of(parameter)
            if gradient is None:
                missing += 1
                continue
            buffer = self._buffer(parameter)
            if not self._backward_since_update:
                stale += buffer.consumed is not None and buffer.consumed() is gradient and has_content(gradient)
            elif buffer.after_backward != (id(gradient), version_of(gradient)) and not has_content(gradient):
                cleared += 1
            else:
                stale += buffer.carried
        empty = total if self._backward_since_update and missing + cleared == total else 0
        return {"params": total, "with_grad": total - missing, "stale": stale, "empty": empty}

    def examine_afterwards(self, parameters: Iterable[Any]) -> dict[str, int]:
        """The same for an update by hand, noticed after its gradients may have been cleared."""
        buffers = [self._buffer(parameter) for parameter in parameters]
        stale = sum(buffer.carried for buffer in buffers)
        return {"params": len(buffers), "with_grad": len(buffers), "stale": stale, "empty": 0}

    def consume(self, parameters: Iterable[Any]) -> None:
        """An update has used the gradients of these parameters."""
        for parameter in parameters:
            gradient = grad_of(parameter)
            buffer = self._buffer(parameter)
            buffer.consumed = None if gradient is None else weak(gradient)
        self._backward_since_update = False
