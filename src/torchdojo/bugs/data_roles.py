"""Names of training data and of held-out data, and which belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import dotted

_HELD_OUT = re.compile(r"(?<![a-zA-Z])(validation|valid|val|test|dev|held_out|holdout|va|te)(?![a-zA-Z])")
_TRAINING = ("train", "training", "tr", "fit")


def training_names(script: Script) -> dict[str, str]:
    """The name of the training data for each name of held-out data that has one: "x_val" -> "x_train"."""
    known = {dotted(spot.node) for spot in script.of(cst.Name, cst.Attribute)}
    functions = {spot.node.name.value for spot in script.of(cst.FunctionDef) if isinstance(spot.node, cst.FunctionDef)}
    known = {name for name in known if name.rpartition(".")[2] not in functions}
    found: dict[str, str] = {}
    for name in sorted(known):
        match = _HELD_OUT.search(name)
        if match is None:
            continue
        for word in _TRAINING:
            twin = name[: match.start()] + word + name[match.end() :]
            if twin in known:
                found[name] = twin
                break
    return found


def loads(script: Script, node: cst.CSTNode, names: dict[str, str]) -> Iterator[Spot]:
    """The outermost names below the node that read one of `names`."""
    for spot in script.of(cst.Name, cst.Attribute):
        if dotted(spot.node) in names and (spot.node is node or node in spot.ancestors):
            parent = spot.ancestors[-1]
            keyword = isinstance(parent, cst.Arg) and parent.keyword is spot.node
            target = isinstance(parent, (cst.AssignTarget, cst.Param, cst.AnnAssign))
            if not keyword and not target and not _part_of_a_name(spot, names):
                yield spot


def _part_of_a_name(spot: Spot, names: dict[str, str]) -> bool:
    parent = spot.ancestors[-1]
    return isinstance(parent, cst.Attribute) and (parent.attr is spot.node or dotted(parent) in names)
