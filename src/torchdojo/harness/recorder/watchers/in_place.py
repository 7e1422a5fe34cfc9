"""Tensors that the script changes in place while gradients are recorded.

Notes `changed` at the end of the run: the last sixteen changes by `+=`, `-=`, `*=`, `/=` or `t[...] = value` of tensors
that want gradients: at (the line), shape, how (the operator), after (how many root forwards had begun).
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any

from torchdojo.harness.originals import Tensor, is_grad_enabled, requires_grad_of, shape_of
from torchdojo.harness.recorder.bus import Bus

_MOST_NOTED = 16

_OPERATORS = {"__iadd__": "+=", "__isub__": "-=", "__imul__": "*=", "__itruediv__": "/=", "__setitem__": "[...] ="}


def watch(bus: Bus) -> None:
    """Replace the operators."""
    changes = _Changes(bus)
    for name, how in _OPERATORS.items():
        bus.replace(Tensor, name, partial(changes.wrap, how))
    bus.forward_begins.append(changes.forward_begins)
    bus.script_ends.append(changes.script_ends)


class _Changes:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._forwards = 0
        self._latest: deque[dict[str, Any]] = deque(maxlen=_MOST_NOTED)

    def wrap(self, how: str, original: Any) -> Any:
        """The replacement for one of the operators, which may call itself by another name."""

        def change(tensor: Any, *args: Any) -> Any:
            result = original(tensor, *args)
            try:
                if not self._bus.experimenting and is_grad_enabled() and requires_grad_of(tensor):
                    facts = {"shape": list(shape_of(tensor)), "how": how, "after": self._forwards}
                    self._latest.append({**facts, "at": self._bus.log.at()})
            except Exception as error:
                self._bus.log.failed(error)
            return result

        return change

    def forward_begins(self, module: Any, args: Any, kwargs: Any) -> None:
        self._forwards += 1

    def script_ends(self) -> None:
        for facts in self._latest:
            self._bus.note("in_place", "changed", **facts)
