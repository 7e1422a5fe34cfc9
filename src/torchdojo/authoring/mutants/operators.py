"""Changed operators: arithmetic, comparisons, signs, conditions, and terms left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchdojo.authoring.mutants.edits import Edit, altered, constant
from torchdojo.authoring.mutants.script import Place, Script, number

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_BOUNDARIES = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
#: Where the other order gives another value.
_ORDERED = (ast.Sub, ast.Div, ast.MatMult)


def arithmetic(script: Script, node: Place) -> Iterator[Edit]:
    """`a + b` becomes `a - b`, `x += y` becomes `x -= y`."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _ARITHMETIC:
        yield Edit(node, altered(node, op=_ARITHMETIC[type(node.op)]()))


def swapped_operands(script: Script, node: Place) -> Iterator[Edit]:
    """`a @ b` becomes `b @ a`."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, _ORDERED):
        yield Edit(node, altered(node, left=node.right, right=node.left))


def dropped_term(script: Script, node: Place) -> Iterator[Edit]:
    """`a + b` becomes `a`, and `b`; `a and b` likewise."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.MatMult, ast.Mod)):
        yield Edit(node, node.left)
        if isinstance(node.op, (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr)):
            yield Edit(node, node.right)
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            rest = [other for other in node.values if other is not value]
            yield Edit(node, rest[0] if len(rest) == 1 else altered(node, values=rest))


def comparison(script: Script, node: Place) -> Iterator[Edit]:
    """`a < b` becomes `a <= b`, `a == b` becomes `a != b`; of a whole condition see `condition`."""
    if isinstance(node, ast.Compare):
        whole = isinstance(script.parents[node], (ast.If, ast.IfExp))
        for place, sign in enumerate(node.ops):
            if whole and not isinstance(sign, _BOUNDARIES):
                continue
            signs = [*node.ops[:place], _COMPARISON[type(sign)](), *node.ops[place + 1 :]]
            yield Edit(node, altered(node, ops=signs))


def sign(script: Script, node: Place) -> Iterator[Edit]:
    """`-x`, `not x` and `~x` become `x`."""
    if isinstance(node, ast.UnaryOp) and number(node) is None:
        yield Edit(node, node.operand)


def condition(script: Script, node: Place) -> Iterator[Edit]:
    """A branch is always or never taken, `and` becomes `or`, a filter lets everything through."""
    if isinstance(node, ast.If):
        if not isinstance(node.body[-1], ast.Raise):
            yield Edit(node.test, constant(True))
        yield Edit(node.test, constant(False))
    elif isinstance(node, ast.IfExp):
        yield Edit(node, node.body)
        yield Edit(node, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield Edit(node, altered(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And()))
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        for generator in node.generators:
            for test in generator.ifs:
                yield Edit(test, constant(True))
