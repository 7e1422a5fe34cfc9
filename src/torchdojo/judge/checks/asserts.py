"""Bare `assert a == b` of a check says what a and b were."""

from __future__ import annotations

import ast
import builtins
from typing import Any

_NAME = "__torchdojo_compare__"

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_LONGEST = 160


def with_values(tree: ast.Module) -> ast.Module:
    """The module with its message-less comparisons made to tell both sides; the line numbers stay."""
    setattr(builtins, _NAME, _explain)
    rewritten: ast.Module = _Rewriter().visit(tree)
    return ast.fix_missing_locations(rewritten)


class _Rewriter(ast.NodeTransformer):
    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        test = node.test
        if node.msg is not None or not isinstance(test, ast.Compare) or len(test.ops) != 1:
            if node.msg is None:
                node.msg = ast.Constant(f"`{ast.unparse(test)}` does not hold.")
            return node
        left, right = ast.Name("__left__", ast.Store()), ast.Name("__right__", ast.Store())
        keep = [ast.Assign([left], test.left), ast.Assign([right], test.comparators[0])]
        again = [ast.Name(name.id, ast.Load()) for name in (left, right)]
        message = ast.Call(
            ast.Name(_NAME, ast.Load()),
            [
                ast.Constant(ast.unparse(test.left)),
                ast.Constant(_COMPARISONS[type(test.ops[0])]),
                ast.Constant(ast.unparse(test.comparators[0])),
                *again,
            ],
            [],
        )
        check = ast.Assert(ast.Compare(again[0], test.ops, [again[1]]), message)
        return ast.If(
            ast.Constant(True), [*(ast.copy_location(s, node) for s in keep), ast.copy_location(check, node)], []
        )


def _explain(left: str, sign: str, right: str, a: Any, b: Any) -> str:
    told = [f"{text} is {_short(value)}" for text, value in ((left, a), (right, b)) if text != _short(value)]
    return f"`{left} {sign} {right}` does not hold: {', '.join(told) or 'see there'}."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
