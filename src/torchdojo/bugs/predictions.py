"""Where a script turns scores into predictions, and compares them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted

SCORES = re.compile(r"(logits?|scores?|out|outputs?|preds?|predictions?|z|yhat|y_hat|y_pred|pred_\w+|\w+_logits)$")
_MODEL = re.compile(r"(\w*model|\w*net|network|classifier|module|forward|encoder|head|mlp|cnn|self)$", re.IGNORECASE)


def is_output(node: cst.CSTNode) -> bool:
    """Whether an expression looks like what a model returned: `model(x)`, `logits.squeeze(1)`, `net(x)[:, 0]`."""
    if isinstance(node, cst.Call):
        name = called(node)
        if isinstance(node.func, cst.Attribute) and name not in ("forward",):
            if _MODEL.match(name):
                return True
            return is_output(node.func.value)
        return bool(_MODEL.match(name))
    if isinstance(node, (cst.Subscript, cst.Attribute)):
        return isinstance(node, cst.Subscript) and is_output(node.value)
    return bool(SCORES.match(dotted(node).rpartition(".")[2]))


def compared(script: Script, spot: Spot) -> bool:
    """Whether the value at the spot is compared with `==` or `!=`: there, or by the name it is given, in its scope."""
    if any(_is_equality(node) for node in spot.ancestors[-6:]):
        return True
    names = set(assigned_names(spot))
    return any(
        _is_equality(other.node) and any(dotted(side) in names for side in _sides(other.node))
        for other in script.of(cst.Comparison)
        if other.scope == spot.scope
    )


def _is_equality(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Comparison)
        and len(node.comparisons) == 1
        and isinstance(node.comparisons[0].operator, (cst.Equal, cst.NotEqual))
    )


def _sides(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.Comparison):
        for side in (node.left, node.comparisons[0].comparator):
            yield side
            # `predicted.cpu() == y` is about `predicted` as well.
            if isinstance(side, cst.Call) and isinstance(side.func, cst.Attribute):
                yield side.func.value
