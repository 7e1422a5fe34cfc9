"""Changed calls: another function, arguments swapped or left out, the call left out, bounds moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchdojo.authoring.mutants.edits import Edit, altered, constant
from torchdojo.authoring.mutants.functions import ALIKE, FORGETTABLE, OTHERS
from torchdojo.authoring.mutants.script import Place, Script, called, number

#: Attributes that are calls in spirit.
_TURNED = ("T", "mT")


def other_function(script: Script, node: Place) -> Iterator[Edit]:
    """`x.mean()` becomes `x.sum()`."""
    if not isinstance(node, ast.Call) or called(node) not in OTHERS or called(node) in script.methods:
        return
    other = OTHERS[called(node)]
    if isinstance(node.func, ast.Attribute):
        yield Edit(node, altered(node, func=altered(node.func, attr=other)))
    elif other in script.modules or other in ("max", "min", "all", "any", "list"):
        yield Edit(node, altered(node, func=ast.Name(other, ast.Load())))


def left_out(script: Script, node: Place) -> Iterator[Edit]:
    """`x.transpose(1, 2)`, `x[:, None]` and `self.norm(x)` become `x`."""
    if isinstance(node, ast.Attribute) and node.attr in _TURNED:
        yield Edit(node, node.value)
    if isinstance(node, ast.Subscript) and _adds_a_dim(node.slice):
        yield Edit(node, node.value)
    if not isinstance(node, ast.Call) or _is_about_devices(node):
        return
    layer = _is_layer(script, node.func)
    if isinstance(node.func, ast.Attribute) and not layer and not _is_module(script, node.func):
        if called(node) in FORGETTABLE:
            yield Edit(node, node.func.value)
    elif (layer or called(node) in FORGETTABLE) and node.args and _is_value(node.args[0]):
        yield Edit(node, node.args[0])


def swapped_arguments(script: Script, node: Place) -> Iterator[Edit]:
    """`f(a, b)` becomes `f(b, a)`; of three arguments also the last two."""
    if not isinstance(node, ast.Call) or called(node) in ALIKE:
        return
    last = len(node.args) - 1
    for first in sorted({0, last - 1}) if last >= 1 else ():
        if called(node) == "where" and first == 0:
            continue
        pair = node.args[first : first + 2]
        if not all(_is_value(part) for part in pair):
            continue
        yield Edit(node, altered(node, args=[*node.args[:first], pair[1], pair[0], *node.args[first + 2 :]]))


def dropped_keyword(script: Script, node: Place) -> Iterator[Edit]:
    """`f(x, mask=mask)` becomes `f(x)`."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            plain = isinstance(keyword.value, ast.Constant) or number(keyword.value) is not None
            if keyword.arg not in (None, "device") and not plain:
                yield Edit(node, altered(node, keywords=[other for other in node.keywords if other is not keyword]))


def bound(script: Script, node: Place) -> Iterator[Edit]:
    """`range(n)` becomes `range(n - 1)`, `x[a:b]` becomes `x[a:]` and `x[:b]`."""
    if called(node) in ("range", "arange") and isinstance(node, ast.Call) and node.args:
        stop = node.args[min(1, len(node.args) - 1)]
        if number(stop) is None and not isinstance(stop, ast.Starred):
            yield Edit(stop, ast.BinOp(stop, ast.Sub(), constant(1)))
    if isinstance(node, ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            for side in ("lower", "upper", "step") if isinstance(part, ast.Slice) else ():
                if getattr(part, side) is not None:
                    rest = altered(part, **{side: None})
                    new = [rest if other is part else other for other in parts]
                    inside = altered(node.slice, elts=new) if isinstance(node.slice, ast.Tuple) else rest
                    yield Edit(node, altered(node, slice=inside))


def _adds_a_dim(index: ast.expr) -> bool:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return any(isinstance(part, ast.Constant) and part.value is None for part in parts)


def _is_module(script: Script, function: ast.Attribute) -> bool:
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in script.modules


def _is_layer(script: Script, function: ast.expr) -> bool:
    """Whether what is called is an attribute of the object that the solution does not define as a method."""
    if not isinstance(function, ast.Attribute) or function.attr in script.methods:
        return False
    return isinstance(function.value, ast.Name) and function.value.id == "self"


def _is_about_devices(node: ast.Call) -> bool:
    return any("device" in ast.unparse(part) for part in (*node.args, *node.keywords))


def _is_value(node: ast.expr) -> bool:
    """Whether an argument is computed with, not a text or several arguments at once."""
    word = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return not word and not isinstance(node, (ast.Starred, ast.JoinedStr))
