"""Where a script freezes parts of a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, only_statement, receiver


@dataclass(frozen=True, slots=True)
class Freeze:
    """`PART.requires_grad_(False)`, or a loop that sets `p.requires_grad = False` for the parameters of PART."""

    scope: str
    statement: cst.BaseStatement
    #: The part's expression.
    part: cst.BaseExpression
    #: What switches the gradients off: a call, or the target of an assignment.
    switch: cst.BaseExpression


def freezes(script: Script) -> Iterator[Freeze]:
    """Every such statement, in the order of the text."""
    for block in script.blocks:
        for statement in block.statements:
            call = bare_call(statement)
            part = receiver(call, "requires_grad_") if call is not None else None
            if call is not None and part is not None and call.args and _is_false(call.args[0].value):
                inside = next((outer for outer in reversed(block.around) if isinstance(outer, cst.For)), None)
                walked = None if inside is None else _walked(inside)
                if walked is None or dotted(part) != dotted(_target(inside)):
                    yield Freeze(block.scope, statement, part, call)
            if isinstance(statement, cst.For) and (walked := _walked(statement)) is not None:
                switch = _switch(statement)
                if switch is not None:
                    yield Freeze(block.scope, statement, walked, switch)


def _target(loop: cst.For | None) -> cst.CSTNode:
    assert loop is not None
    return loop.target


def _walked(loop: cst.For) -> cst.BaseExpression | None:
    """PART in `for p in PART.parameters()`."""
    return receiver(loop.iter, "parameters") if called(loop.iter) == "parameters" else None


def _switch(loop: cst.For) -> cst.BaseExpression | None:
    if not isinstance(loop.body, cst.IndentedBlock) or len(loop.body.body) != 1:
        return None
    statement = loop.body.body[0]
    small = only_statement(statement)
    name = dotted(loop.target)
    if isinstance(small, cst.Assign) and _is_false(small.value):
        target = small.targets[0].target
        return target if dotted(target) == f"{name}.requires_grad" else None
    call = bare_call(statement)
    if (
        call is not None
        and dotted(call.func) == f"{name}.requires_grad_"
        and call.args
        and _is_false(call.args[0].value)
    ):
        return call
    return None


def _is_false(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "False"
