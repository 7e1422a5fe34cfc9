"""Things that were met, known by their identity and not kept alive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchdojo.harness.originals import weak


class Identities:
    """A set of living things. Whatever gets the identity of one that is gone is not taken for it."""

    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def __contains__(self, thing: Any) -> bool:
        known = self._known.get(id(thing))
        return known is not None and known() is thing

    def update(self, things: Iterable[Any]) -> None:
        """These are known from now on."""
        for thing in things:
            self._known[id(thing)] = weak(thing)
