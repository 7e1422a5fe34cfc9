"""Expressions that add a trailing dimension to data or take one away, and the names data usually have."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, owner, receiver

INPUTS = re.compile(r"(x|xs|xb|bx|inputs?|features?|x_\w+|\w+_x|\w+_inputs?|inputs?_\w+)$", re.IGNORECASE)
TARGETS = re.compile(r"(y|ys|yb|by|t|targets?|labels?|y_\w+|\w+_y|\w+_targets?|targets?_\w+)$", re.IGNORECASE)


def widened(script: Script, names: re.Pattern[str]) -> Iterator[tuple[Spot, str, Edit]]:
    """Each place where a value with such a name gets a last dimension of 1: the spot, the name, the edit to drop it."""
    for spot in script.of(cst.Call, cst.Subscript):
        edit = _narrowing(spot.node)
        if edit is not None and (name := _named(spot, names)):
            yield spot, name, edit


def data_name(spot: Spot, *patterns: re.Pattern[str]) -> str:
    """The name of the data at the spot, when it is one of these kinds of name; "" otherwise."""
    return next((name for pattern in patterns if (name := _named(spot, pattern))), "")


def _named(spot: Spot, pattern: re.Pattern[str]) -> str:
    assigned = assigned_names(spot)
    candidates = assigned if len(assigned) == 1 else []
    if not isinstance(spot.ancestors[-1], cst.Assign):
        candidates = [owner(spot.node), *candidates]
    return next((name for name in candidates if pattern.match(name)), "")


def _narrowing(node: cst.CSTNode) -> Edit | None:
    """The edit that undoes `.unsqueeze(1)`, `.reshape(-1, 1)`, `.view(n, 1)` or `[:, None]`; None for anything else."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 2:
        last = node.slice[1].slice
        adds = isinstance(last, cst.Index) and _is_none(last.value)
        return _to_value if adds and not isinstance(node.slice[0].slice, cst.Index) else None
    if not isinstance(node, cst.Call):
        return None
    if receiver(node, "unsqueeze") is not None:
        return _to_receiver if [_literal(arg.value) for arg in node.args] in (["1"], ["-1"]) else None
    if receiver(node, "reshape", "view") is not None:
        sizes = [arg.value for arg in node.args]
        if len(sizes) == 1 and isinstance(sizes[0], cst.Tuple):
            sizes = [element.value for element in sizes[0].elements]
        return _to_receiver if len(sizes) == 2 and _literal(sizes[1]) == "1" else None
    return None


def _to_receiver(node: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(node, cst.Call)
    assert isinstance(node.func, cst.Attribute)
    return node.func.value


def _to_value(node: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(node, cst.Subscript)
    return node.value


def _is_none(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Attribute):
        return node.attr.value == "newaxis"
    return isinstance(node, cst.Name) and node.value == "None"


def _literal(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Integer):
        return node.value
    if isinstance(node, cst.UnaryOperation) and isinstance(node.expression, cst.Integer):
        return f"-{node.expression.value}"
    return ""
