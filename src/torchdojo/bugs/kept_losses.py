"""Places where a number taken from a loss is kept beyond the step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, receiver


@dataclass(frozen=True, slots=True)
class Kept:
    """The expression that makes the number, the loss in it, where it is kept, and whether it is added up there."""

    spot: Spot
    loss: cst.BaseExpression
    where: str
    summed: bool


def kept_numbers(script: Script) -> Iterator[Kept]:
    """The numbers that are kept of losses which are differentiated in the same function."""
    differentiated = {
        (spot.scope, name)
        for spot in script.of(cst.Call)
        if (loss := receiver(spot.node, "backward")) is not None
        for name in _names_in(loss)
    }
    for spot in script.of(cst.Call):
        loss = _number_of(spot.node)
        if loss is None or not ((spot.scope, dotted(loss)) in differentiated or called(loss) == "step"):
            continue
        if _number_of(spot.ancestors[-1]) is None and (where := _kept_in(spot)):
            yield Kept(spot, loss, where, _is_summed(spot))


def _is_summed(spot: Spot) -> bool:
    outer = spot.inside(cst.Call)
    if isinstance(spot.ancestors[-1], cst.Return) or (outer is not None and receiver(outer, "append") is not None):
        return False
    return spot.inside(cst.AugAssign, cst.Assign) is not None


def _names_in(loss: cst.CSTNode) -> list[str]:
    """The names a loss is made of: "loss" for `loss` and for `(loss / 2)`."""
    if dotted(loss):
        return [dotted(loss)]
    return (
        [name for child in loss.children for name in _names_in(child)] if isinstance(loss, cst.BinaryOperation) else []
    )


def _number_of(node: cst.CSTNode) -> cst.BaseExpression | None:
    """`loss` for `loss.item()`, `float(loss)`, `loss.detach().cpu()` and the like; None for anything else."""
    inner = receiver(node, "item", "detach", "cpu", "clone", "tolist")
    if inner is None and isinstance(node, cst.Call) and called(node) == "float" and len(node.args) == 1:
        inner = node.args[0].value
    if inner is None:
        return None
    return _number_of(inner) or inner


def _kept_in(spot: Spot) -> str:
    """Where the value is kept beyond the step: the list appended to, the total added to, "return"; "" when nowhere."""
    if isinstance(spot.ancestors[-1], cst.Return):
        return "return"
    call = spot.inside(cst.Call)
    if call is not None:
        kept = receiver(call, "append")
        return _name(kept) if kept is not None else ""
    total = spot.inside(cst.AugAssign)
    if isinstance(total, cst.AugAssign) and isinstance(total.operator, cst.AddAssign):
        return _name(total.target)
    names = assigned_names(spot)
    statement = spot.inside(cst.Assign)
    if isinstance(statement, cst.Assign) and isinstance(statement.value, cst.BinaryOperation):
        return names[0] if names else ""
    return ""


def _name(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Subscript):
        return _name(node.value)
    return dotted(node).rpartition(".")[2]
