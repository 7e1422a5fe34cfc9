"""Where a script calls a loss, whatever it is called there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import argument, called, dotted

#: What losses are usually called when they are handed in from elsewhere.
_USUAL = frozenset({"criterion", "loss_fn", "loss_func", "loss_function", "objective"})


def loss_names(script: Script, functions: Collection[str], classes: Collection[str]) -> frozenset[str]:
    """The names by which the script calls these losses: the functions, and what objects of the classes are bound to."""
    names = set(functions)
    others = False
    for spot in script.of(cst.Call):
        name = called(spot.node)
        if name in classes:
            names |= _bound(spot)
            names |= _USUAL
        elif name.endswith("Loss"):
            others = True
    # With losses of several families about, a usual name may stand for any of them.
    return frozenset(names - _USUAL if others else names) | frozenset(functions)


def loss_calls(script: Script, functions: Collection[str], classes: Collection[str]) -> Iterator[tuple[Spot, cst.Call]]:
    """The calls of these losses with predictions and targets, in the order of the text."""
    names = loss_names(script, functions, classes)
    for spot in script.of(cst.Call):
        node = spot.node
        if not isinstance(node, cst.Call):
            continue
        immediate = isinstance(node.func, cst.Call) and called(node.func) in classes
        if (immediate or called(node) in names) and predictions(node) is not None and targets(node) is not None:
            yield spot, node


def loss_settings(
    script: Script, functions: Collection[str], classes: Collection[str]
) -> Iterator[tuple[Spot, cst.Call]]:
    """The calls that take the settings of these losses (reduction, ...): of the functions and of the classes."""
    for spot in script.of(cst.Call):
        if isinstance(spot.node, cst.Call) and (called(spot.node) in functions or called(spot.node) in classes):
            yield spot, spot.node


def predictions(call: cst.Call) -> cst.Arg | None:
    """The argument with the predictions."""
    return argument(call, 0, "input")


def targets(call: cst.Call) -> cst.Arg | None:
    """The argument with the targets."""
    return argument(call, 1, "target")


def _bound(spot: Spot) -> set[str]:
    """The last names that the value of the spot is bound to: by assignment, as a default, as a keyword argument."""
    parent = spot.ancestors[-1] if spot.ancestors else None
    if isinstance(parent, cst.Assign):
        return {dotted(target.target).rpartition(".")[2] for target in parent.targets} - {""}
    if isinstance(parent, cst.AnnAssign):
        return {dotted(parent.target).rpartition(".")[2]} - {""}
    if isinstance(parent, cst.Param):
        return {parent.name.value}
    if isinstance(parent, cst.Arg) and parent.keyword is not None:
        return {parent.keyword.value}
    if isinstance(parent, cst.BooleanOperation):
        return set(_USUAL)
    return set()
