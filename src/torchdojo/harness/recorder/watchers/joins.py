"""Tensors that are joined by cat, hstack or vstack.

Notes at the end of the run:

    joined    times: how many joins there were inside root forwards
    latest    the last eight joins, in their order:
              dim (counted from the front), axes (how many each part has), parts (how many),
              sizes (the shapes of the parts, one behind the other), refused (torch raised),
              inside (in the last root forward that began)
    multiplied  root forwards that returned as many rows as they were given, times the parts of a join of theirs along
              axis 0: of the first of them rows (given), made (returned) and the facts of the join; times
    below     root forwards with such a join that returned as many rows as they were given: the same
"""

from __future__ import annotations

from collections import deque
from typing import Any

import torch

from torchdojo.harness.originals import Tensor, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import first_tensor

_MOST_NOTED = 8

#: A join of more parts than this is a collection of batches, not of features.
_MOST_PARTS = 8


def watch(bus: Bus) -> None:
    """Replace the functions that join."""
    joins = _Joins(bus)
    for name in ("cat", "concat", "concatenate", "hstack", "vstack"):
        bus.replace(torch, name, joins.wrap)
    bus.forward_begins.append(joins.forward_begins)
    bus.forward_ends.append(joins.forward_ends)
    bus.script_ends.append(joins.script_ends)


class _Joins:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rows = self._times = 0
        #: The first join of parts with one row per sample along axis 0, by what came of the rows.
        self._found: dict[str, dict[str, Any]] = {}
        self._latest: deque[dict[str, Any]] = deque(maxlen=_MOST_NOTED)

    def wrap(self, original: Any) -> Any:
        """The replacement for one of the functions."""
        name = original.__name__

        def join(*args: Any, **kwargs: Any) -> Any:
            if self._bus.experimenting or self._bus.log.light:
                return original(*args, **kwargs)
            try:
                result = original(*args, **kwargs)
            except Exception:
                self._see(name, args, kwargs, refused=True)
                raise
            self._see(name, args, kwargs, refused=False)
            return result

        return join

    def _see(self, name: str, args: Any, kwargs: Any, *, refused: bool) -> None:
        try:
            self._times += self._bus.inside
            parts = args[0] if args else kwargs.get("tensors")
            if not isinstance(parts, (tuple, list)) or not 1 < len(parts) <= _MOST_PARTS:
                return
            if not all(isinstance(part, Tensor) for part in parts):
                return
            axes = len(shape_of(parts[0]))
            dim = _axis(name, args, kwargs, axes)
            if axes < 1 or dim is None or any(len(shape_of(part)) != axes for part in parts):
                return
            facts: dict[str, Any] = {"dim": dim, "axes": axes, "parts": len(parts), "refused": refused}
            facts["sizes"] = [int(n) for part in parts for n in shape_of(part)]
            self._latest.append(facts | {"at": self._bus.log.at(), "inside": self._bus.inside})
        except Exception as error:
            self._bus.log.failed(error)

    def forward_begins(self, module: Any, args: Any, kwargs: Any) -> None:
        given = first_tensor(args, kwargs)
        self._rows = 0 if given is None or not shape_of(given) else int(shape_of(given)[0])
        for facts in self._latest:
            facts["inside"] = False

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        returned = first_tensor((output,))
        made = 0 if returned is None or not shape_of(returned) else int(shape_of(returned)[0])
        for join in self._latest:
            axes, parts = join["axes"], join["parts"]
            below = join["inside"] and join["dim"] == 0 and set(join["sizes"][::axes]) == {self._rows}
            if below and self._rows > 1 and made in (self._rows, parts * self._rows):
                facts = {name: join[name] for name in ("at", "dim", "axes", "sizes", "refused", "inside")}
                first = {**facts, "rows": self._rows, "made": made, "times": 0}
                self._found.setdefault("below" if made == self._rows else "multiplied", first)["times"] += 1
                return

    def script_ends(self) -> None:
        if self._times:
            self._bus.note("joins", "joined", at=-1, times=self._times)
        for facts in self._latest:
            self._bus.note("joins", "latest", **facts)
        for what, facts in self._found.items():
            self._bus.note("joins", what, **facts)


def _axis(name: str, args: Any, kwargs: Any, axes: int) -> int | None:
    """The axis of the join, counted from the front."""
    if name == "vstack":
        return 0
    if name == "hstack":
        return 1 if axes > 1 else 0
    dim = kwargs.get("dim", kwargs.get("axis", args[1] if len(args) > 1 else 0))
    return dim % axes if isinstance(dim, int) and axes and -axes <= dim < axes else None
