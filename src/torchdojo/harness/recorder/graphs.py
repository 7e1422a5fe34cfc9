"""Which forwards a backward pass reached, and which of their graphs are still alive afterwards."""

from __future__ import annotations

import weakref
from typing import Any

_KEY = "torchdojo"


class _Sentinel:
    """Lives exactly as long as the graph node that holds it."""

    __slots__ = ("__weakref__",)


class Graphs:
    """Follows the graphs of root forwards by a hook and a sentinel on the node that made their output."""

    def __init__(self) -> None:
        self._reached: list[int] = []
        self._alive: dict[int, weakref.ref[_Sentinel]] = {}
        self._models: dict[int, weakref.ref[Any]] = {}
        self._used: set[int] = set()

    def follow(self, forward: int, node: Any, model: Any) -> None:
        """Follow the graph that ends in `node`, the output of `forward`."""
        reached = self._reached
        node.register_prehook(lambda gradients: reached.append(forward))
        sentinel = _Sentinel()
        node.metadata[_KEY] = sentinel
        self._alive[forward] = weakref.ref(sentinel)
        self._models[forward] = weakref.ref(model)

    def begin(self) -> None:
        """A backward pass begins."""
        self._reached.clear()

    def visited(self) -> list[int]:
        """The forwards reached since `begin`, without counting their graphs as used up."""
        return sorted(set(self._reached))

    def end(self) -> tuple[list[int], list[Any]]:
        """It ended: the forwards it reached and the models that made them."""
        forwards = sorted(set(self._reached))
        self._reached.clear()
        self._used.update(forwards)
        models = [model for i in forwards if (ref := self._models.get(i)) and (model := ref()) is not None]
        return forwards, models

    def live(self) -> int:
        """How many graphs that a backward pass has gone through are still alive."""
        for forward in [i for i in self._used if (ref := self._alive.get(i)) is None or ref() is None]:
            self._used.discard(forward)
            self._alive.pop(forward, None)
            self._models.pop(forward, None)
        return len(self._used)
