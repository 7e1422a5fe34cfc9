"""Statements left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchdojo.authoring.mutants.edits import Edit
from torchdojo.authoring.mutants.script import Place, Script


def left_out(script: Script, node: Place) -> Iterator[Edit]:
    """A statement whose absence does not just leave a name unknown."""
    if isinstance(node, ast.Assign):
        dispensable = any(_is_bound_before(script, node, target) for target in node.targets)
    else:
        dispensable = isinstance(node, (ast.AugAssign, ast.Delete, ast.Break, ast.Continue, ast.Expr))
    if dispensable:
        yield Edit(node, None)


def _is_bound_before(script: Script, node: ast.Assign, target: ast.expr) -> bool:
    if isinstance(target, ast.Subscript):
        return True
    function = script.function_of(node)
    if function is None:
        return False
    if isinstance(target, ast.Attribute):
        return function.name != "__init__"
    if not isinstance(target, ast.Name):
        return False
    known = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    for other in ast.walk(function):
        if isinstance(other, ast.Name) and isinstance(other.ctx, ast.Store) and other.lineno < node.lineno:
            known.add(other.id)
    return target.id in known
