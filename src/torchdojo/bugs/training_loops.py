"""The loops of a training script: over epochs, over training batches, and how to put a line into one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called

_EPOCH = re.compile(r"(epochs?|ep|e|rounds?)$", re.IGNORECASE)


def epoch_loops(script: Script) -> Iterator[Spot]:
    """Loops whose counter is called after epochs, outermost first."""
    for spot in script.of(cst.For):
        loop = spot.node
        assert isinstance(loop, cst.For)
        if isinstance(loop.body, cst.IndentedBlock) and any(_EPOCH.match(name) for name in _names(loop.target)):
            yield spot


def training_loops(script: Script) -> Iterator[Spot]:
    """The innermost loops round a backward pass that are no loops over epochs."""
    for spot in script.of(cst.Call):
        if called(spot.node) != "backward":
            continue
        loop = spot.inside(cst.For)
        found = next((s for s in script.of(cst.For) if s.node is loop), None)
        if found is None or not isinstance(loop, cst.For) or not isinstance(loop.body, cst.IndentedBlock):
            continue
        if not any(_EPOCH.match(name) for name in _names(loop.target)):
            yield found


def at_the_top(loop: cst.For, line: str) -> Edits:
    """The edits that make the line the first of the loop's body."""
    assert isinstance(loop.body, cst.IndentedBlock)
    first = loop.body.body[0]
    return {first: lambda node: (cst.parse_statement(line), node)}


def _names(target: cst.BaseExpression) -> list[str]:
    if isinstance(target, cst.Name):
        return [target.value]
    if isinstance(target, cst.Tuple):
        return [name for element in target.elements for name in _names(element.value)]
    return []
