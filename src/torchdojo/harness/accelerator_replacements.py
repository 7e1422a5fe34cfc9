"""Attributes replaced for a while, and put back in reverse order."""

from __future__ import annotations

from typing import Any

_ABSENT = object()


class Replacements:
    """What was replaced so far."""

    def __init__(self) -> None:
        self._old: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> None:
        """Give `owner` (a module or class) another attribute `name`."""
        self._old.append((owner, name, vars(owner).get(name, _ABSENT)))
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put everything back. Harmless when done twice."""
        while self._old:
            owner, name, value = self._old.pop()
            if value is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, value)
