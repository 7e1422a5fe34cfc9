"""Small numbers that keep an argument away from zero."""

from __future__ import annotations

import re

import libcst as cst

from torchdojo.bugs.syntax import argument, dotted, keyword, number, receiver

_SMALL_NAME = re.compile(r"eps|tiny|small|delta", re.IGNORECASE)

#: A number up to this is a guard; a larger one is part of a formula.
_SMALL = 0.011

_MODULES = frozenset({"torch"})


def guarded(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`x` for `x + eps`, `eps + x`, `x.clamp(min=eps)`, `x.clamp_min(eps)` and `torch.clamp(x, min=eps)`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        if _is_small(node.right):
            return _bare(node.left, node)
        return _bare(node.right, node) if _is_small(node.left) else None
    front = receiver(node, "clamp", "clamp_min", "clip")
    if front is None or not isinstance(node, cst.Call):
        return None
    of_module = dotted(front) in _MODULES
    value = argument(node, 0, "input") if of_module else None
    least = keyword(node, "min") or argument(node, 1 if of_module else 0, "min")
    if least is None or len(node.args) != (2 if of_module else 1):
        return None
    if not (_is_small(least.value) or number(least.value) == 1):
        return None
    if not of_module:
        return front
    return None if value is None else value.value


def _bare(inner: cst.BaseExpression, outer: cst.BaseExpression) -> cst.BaseExpression:
    """The inner expression with the brackets of the outer one, where it needs any."""
    if isinstance(inner, (cst.BinaryOperation, cst.UnaryOperation)) and not inner.lpar:
        return inner.with_changes(lpar=outer.lpar, rpar=outer.rpar)
    return inner


def _is_small(node: cst.BaseExpression) -> bool:
    value = number(node)
    if value is not None:
        return 0 < value <= _SMALL
    name = dotted(node).rpartition(".")[2]
    return bool(name) and bool(_SMALL_NAME.search(name))
