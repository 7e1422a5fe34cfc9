"""Layers that stand in several places of one container.

`layer`, once for each: model (class of the root), container (its class), cls (of the layer), name (its first name in
the root), places (how often it, or a sibling with the very same parameters, stands in the container), copies (true
for such siblings, and for those that have but a weight in common), chained (whether one call worked on what came of
an earlier one), repeated (whether two calls worked on the same tensor), calls (in the forward that was looked into).

A model that is worked with through a method of its own is not called itself: its layers are. Of those the first updates
are watched, and the container is searched for among all there are.
"""

from __future__ import annotations

import gc
from typing import Any

import torch

from torchdojo.harness.originals import Module, grad_fn_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.graph_walks import nodes_behind
from torchdojo.harness.recorder.looks import Look, looks_of
from torchdojo.harness.recorder.owners import own_parameters
from torchdojo.harness.recorder.tensors import first_tensor

#: Graph nodes looked at to see what a tensor was computed from.
_MOST_NODES = 4000

#: Updates in which layers that are called by themselves are watched.
_WATCHED = 2
_MARK = "torchdojo: first call"

_CONTAINERS = (torch.nn.ModuleList, torch.nn.ModuleDict, torch.nn.Sequential)

_modules, _parameters = Module.modules, Module.parameters


class Sharing:
    """Looks into the first forward of each model that runs with gradients."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._done: set[int] = set()
        self._updates = 0
        #: What lies on the graph node that the first call of each layer made since the last update.
        self._marks: dict[int, object] = {}
        self._searched: set[int] = set()
        looks_of(bus).ends.append(self._look)
        bus.forward_ends.append(self._called)
        bus.update_ends.append(self._updated)

    def _look(self, look: Look) -> None:
        number = self._bus.log.ident(look.root)
        if number in self._done or not (look.calls and look.calls[0].grad):
            return
        self._done.add(number)
        for container in _modules(look.root):
            for group in _alike(container):
                self._note(look, container, group)

    def _updated(self) -> None:
        self._updates += 1
        self._marks.clear()

    def _called(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if self._updates >= _WATCHED or (key := self._bus.log.ident(module)) in self._searched:
            return
        given, made = first_tensor(args, kwargs), first_tensor((output,))
        node = None if made is None else grad_fn_of(made)
        mark = self._marks.get(key)
        if mark is None:
            if node is not None:
                # The node itself is not kept: the graph of a whole batch hangs on it.
                self._marks[key] = node.metadata[_MARK] = object()
        elif given is not None and any(n.metadata.get(_MARK) is mark for n in nodes_behind([given], _MOST_NODES)):
            self._searched.add(key)
            self._search(module)

    def _search(self, layer: Any) -> None:
        """Note the container in which this layer, which was called by itself, has several places."""
        # Asking some objects for their class is deprecated, and they say so.
        modules = [thing for thing in gc.get_objects() if issubclass(type(thing), Module)]
        for container in modules:
            names = [name for name, child in container._modules.items() if child is layer]
            if len(names) < 2 or not isinstance(container, _CONTAINERS):
                continue
            owners = [each for each in modules if any(child is container for child in each._modules.values())]
            self._bus.note(
                "sharing",
                "layer",
                at=self._bus.log.at(),
                model=type(owners[0] if owners else container).__name__,
                container=type(container).__name__,
                cls=type(layer).__name__,
                name=names[0],
                places=len(names),
                copies=False,
                chained=True,
                repeated=False,
                calls=2,
            )

    def _note(self, look: Look, container: Any, group: list[Any]) -> None:
        members = {id(layer) for layer in group}
        calls = [call for call in look.calls if id(call.module) in members]
        if len(calls) < 2 or not (isinstance(container, _CONTAINERS) or len(calls) == len(group)):
            return  # A second name for a layer is nothing but a name, unless each name is used once.
        self._bus.note(
            "sharing",
            "layer",
            at=calls[1].at,
            model=type(look.root).__name__,
            container=type(container).__name__,
            cls=type(group[0]).__name__,
            name=look.name(group[0]) or "",
            places=len(group),
            copies=len(members) > 1,
            chained=any(_comes_from(later.given, calls[0].made) for later in calls[1:]),
            repeated=any(later.given is calls[0].given for later in calls[1:]),
            calls=len(calls),
        )


def _alike(container: Any) -> list[list[Any]]:
    """The children that are one layer, or have the very same parameters, group by group."""
    groups: dict[tuple[int, ...], list[Any]] = {}
    for child in container._modules.values():
        if child is not None and (parameters := tuple(id(p) for p in _parameters(child))):
            groups.setdefault(parameters, []).append(child)
    whole = [group for group in groups.values() if len(group) > 1 and _one_kind(group)]
    return whole or _partly_alike(container)


def _partly_alike(container: Any) -> list[list[Any]]:
    """Layers of one kind that have one of their parameters in common, as a weight under two biases."""
    owners: dict[int, list[Any]] = {}
    for child in container._modules.values():
        if child is not None and not child._modules:
            for parameter in own_parameters(child):
                owners.setdefault(id(parameter), []).append(child)
    return [group for group in owners.values() if len(group) > 1 and _one_kind(group)]


def _one_kind(group: list[Any]) -> bool:
    """A tied pair of different layers (an embedding and a projection) is something else."""
    return len({type(layer) for layer in group}) == 1 and any(own_parameters(inner) for inner in _modules(group[0]))


def _comes_from(tensor: Any, earlier: Any) -> bool:
    """Whether the graph behind a tensor leads back to an earlier one."""
    if tensor is None or earlier is None:
        return False
    if tensor is earlier:
        return True
    wanted = grad_fn_of(earlier)
    return wanted is not None and any(node is wanted for node in nodes_behind([tensor], _MOST_NODES))


def watch(bus: Bus) -> None:
    """Begin to watch."""
    Sharing(bus)
