"""What the script says: lines it prints or logs.

Notes, each at the line that says it:

    line      text (the first 240 characters), after (latest forward or loss)
"""

from __future__ import annotations

import builtins
import logging
import sys
from collections.abc import Callable
from typing import Any

from torchdojo.harness.originals import Tensor, numel
from torchdojo.harness.recorder.bus import Bus

_MOST_LINES = 400
_MOST_CHARACTERS = 240


def watch(bus: Bus) -> None:
    """Listen to `print` and to loggers."""
    lines = _Lines(bus)
    bus.replace(builtins, "print", lines.wrap_print)
    bus.replace(logging.Logger, "handle", lines.wrap_handle)


class _Lines:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted = 0

    def wrap_print(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For `print`; what goes into files is not looked at."""

        def say(*values: Any, **kwargs: Any) -> Any:
            if kwargs.get("file") in (None, sys.stdout, sys.stderr):
                self._note(lambda: " ".join(_text(value) for value in values))
            return original(*values, **kwargs)

        return say

    def wrap_handle(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """For loggers."""

        def handle(logger: Any, record: Any) -> Any:
            self._note(record.getMessage)
            return original(logger, record)

        return handle

    def _note(self, text: Callable[[], str]) -> None:
        if self._noted >= _MOST_LINES or self._bus.experimenting:
            return
        try:
            at = self._bus.log.at()
            if at >= 0 and (said := text()[:_MOST_CHARACTERS].strip()):
                self._noted += 1
                self._bus.note("prints", "line", at, text=said, after=self._bus.log.latest)
        except Exception as error:
            self._bus.log.failed(error)


def _text(value: Any) -> str:
    """What print would show; large things are not written out a second time."""
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, Tensor):
        return str(value.detach()) if numel(value) <= 1 else ""
    if isinstance(value, (dict, list, tuple)) and len(value) <= 8:
        return str(value) if all(isinstance(v, (str, int, float)) for v in _members(value)) else ""
    return ""


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)
