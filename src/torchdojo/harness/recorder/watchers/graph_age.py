"""Graphs that reach back over updates: into one tensor that grows, or into each new backward pass.

Every forward, library loss and root of a backward pass leaves the number of the updates so far on its graph node.
Notes:

- `grown`, when graphs of finished updates have gathered, at a few moments: spans (the most finished updates whose
  nodes a single tensor's graph holds), alive (graphs of finished updates still there in all), update, name and owner
  (under which name, of an object of which class, that tensor is kept; the latter "" for a variable of a module, both
  "" where it is not known)
- `reach`, at a few backward passes: spans (earlier updates whose nodes the pass can reach), update
- `second_time`, at a backward pass that failed: spans, as above
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from torchdojo.harness.originals import Tensor, grad_fn_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import tensors_in

_BY = "graph_age"
_KEY = "torchdojo: update"

#: Updates during which every node behind a backward pass is marked: formulas without a model or a library loss, and
#: states that are kept beside the output. The third of the moments below is among them.
_MARKED_WHOLE = 13

#: Updates after which a backward pass is followed back, and numbers of graphs of finished updates at which they are
#: looked at.
_REACHED = frozenset({3, 6, 12, 24, 48})
_LOOKED_AT = (7, 12, 24, 48)

#: Graph nodes that are followed from one tensor.
_MOST_NODES = 20_000


class _Mark:
    """Lies on a graph node and dies with it."""

    __slots__ = ("__weakref__", "recording", "update")

    def __init__(self, recording: Any, update: int) -> None:
        #: What another recording in this process has marked is nothing to us.
        self.recording = recording
        self.update = update


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._updates = 0
        self._recording = object()
        #: The mark of the update that is going on, once something was marked with it.
        self._mark: _Mark | None = None
        self._alive: weakref.WeakSet[_Mark] = weakref.WeakSet()
        self._reached: set[int] = set()
        self._looks = 0
        bus.forward_ends.append(self._forward)
        bus.loss_ends.append(self._loss)
        bus.backward_begins.append(self._begin)
        bus.backward_ends.append(self._end)
        bus.update_ends.append(self._updated)

    def _forward(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        for tensor in tensors_in(output)[:4]:
            self._leave(tensor)

    def _loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        if isinstance(result, Tensor):
            self._leave(result)

    def _leave(self, tensor: Any) -> None:
        node = grad_fn_of(tensor)
        if node is not None:
            self._mark_node(node)

    def _mark_node(self, node: Any) -> None:
        known = node.metadata.get(_KEY)
        if known is None or known.recording is not self._recording:
            if self._mark is None:
                self._mark = _Mark(self._recording, self._updates)
            node.metadata[_KEY] = self._mark

    def _begin(self, roots: list[Any]) -> None:
        for root in roots[:4]:
            self._leave(root)
        if self._updates < _MARKED_WHOLE:
            for node in nodes_behind([grad_fn_of(root) for root in roots[:4]]):
                if node.next_functions:  # The ends, where gradients gather, outlive every graph.
                    self._mark_node(node)
        if self._updates in _REACHED and self._updates not in self._reached:
            self._reached.add(self._updates)
            self._bus.note(_BY, "reach", spans=self._spans(roots), update=self._updates)

    def _end(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if failed:
            self._bus.note(_BY, "second_time", spans=self._spans(roots))

    def _spans(self, roots: list[Any]) -> int:
        found: set[int] = set()
        for root in roots[:4]:
            found |= {update for update in self._updates_behind(grad_fn_of(root)) if update < self._updates}
        return len(found)

    def _updates_behind(self, node: Any) -> set[int]:
        """The updates during which the graph behind a node was made, as far as marks tell."""
        marks = (current.metadata.get(_KEY) for current in nodes_behind([node]))
        return {mark.update for mark in marks if mark is not None and mark.recording is self._recording}

    def _updated(self) -> None:
        self._updates += 1
        if self._mark is not None:
            self._alive.add(self._mark)
            self._mark = None
        if self._looks < len(_LOOKED_AT) and not self._bus.log.light and len(self._alive) >= _LOOKED_AT[self._looks]:
            self._looks += 1
            self._look()

    def _look(self) -> None:
        most, longest = 0, None
        seen: set[int] = set()
        for thing in gc.get_objects():
            if type(thing) is Tensor and (node := grad_fn_of(thing)) is not None and id(node) not in seen:
                seen.add(id(node))
                spans = len({u for u in self._updates_behind(node) if u < self._updates - 1})
                if spans > most:
                    most, longest = spans, thing
        name, owner = _kept_as(longest)
        alive = len(self._alive)
        self._bus.note(_BY, "grown", spans=most, alive=alive, update=self._updates, name=name, owner=owner)


def _kept_as(thing: Any) -> tuple[str, str]:
    """The name that a tensor has in an object or a module, and the object's class; what a function holds has none."""
    for holder in [] if thing is None else gc.get_referrers(thing):
        names = holder if isinstance(holder, dict) else _attributes(holder)
        name = next((key for key, value in names.items() if value is thing and isinstance(key, str)), "")
        if name and names is not holder:
            return name, type(holder).__name__
        if name:
            owner = next((each for each in gc.get_referrers(names) if _attributes(each) is names), None)
            if owner is not None:
                return name, "" if isinstance(owner, ModuleType) else type(owner).__name__
    return "", ""


def _attributes(thing: Any) -> dict[Any, Any]:
    """The attributes of an object, past whatever its class says about looking them up."""
    try:
        names = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return names if isinstance(names, dict) else {}


def nodes_behind(roots: list[Any]) -> Iterator[Any]:
    """These graph nodes and those behind them, each once, as far as it is worth following."""
    todo = [node for node in roots if node is not None]
    seen: set[Any] = set(todo)
    while todo:
        current = todo.pop()
        yield current
        for following, _ in current.next_functions:
            if following is not None and following not in seen and len(seen) < _MOST_NODES:
                seen.add(following)
                todo.append(following)


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
