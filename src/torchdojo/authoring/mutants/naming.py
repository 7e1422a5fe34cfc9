"""What a mutant is called: the line, what stood there, what stands there now."""

from __future__ import annotations

import ast

from torchdojo.authoring.mutants.edits import Edit, exchanged
from torchdojo.authoring.mutants.script import Script

#: Shorter than this, a change is told with what surrounds it.
_TELLS_ENOUGH = 8
_LONGEST = 64
_CONTEXT = 16
_TOLD_WITH_IT = (
    ast.expr, ast.keyword, ast.Slice, ast.comprehension, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return
)  # fmt: skip


def named(script: Script, edit: Edit) -> str:
    """E.g. "line 14: dim=-1 -> dim=0" or "line 9: removed x = self.norm(x)"."""
    node = edit.node
    if edit.new is None:
        return f"line {node.lineno}: removed {_short(_text(node))}"
    old: ast.AST = node
    new: ast.AST = edit.new
    while min(len(_text(old)), len(_text(new))) < _TELLS_ENOUGH:
        parent = script.parents[old]
        if isinstance(parent, ast.arguments):
            name = _argument(parent, old)
            return f"line {node.lineno}: {name}={_text(old)} -> {name}={_text(new)}"
        if not isinstance(parent, _TOLD_WITH_IT) or len(_text(parent)) > _LONGEST:
            break
        old, new = parent, exchanged(parent, old, new)
        if isinstance(old, ast.keyword):
            break
    above = script.parents[old]
    if isinstance(above, ast.Call) and above.func is old:  # `x.t` alone reads like an attribute
        old, new = above, exchanged(above, old, new)
    return f"line {node.lineno}: {' -> '.join(_cut(_text(old), _text(new)))}"


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _argument(arguments: ast.arguments, default: ast.AST) -> str:
    for place, value in enumerate(reversed(arguments.defaults), start=1):
        if value is default:
            return [*arguments.posonlyargs, *arguments.args][-place].arg
    return next(a.arg for a, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value is default)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _cut(old: str, new: str) -> tuple[str, str]:
    """Both, without the beginning and the end that they share where they are long."""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    most = min(len(old), len(new))
    before = next((place for place in range(most) if old[place] != new[place]), most)
    after = next((place for place in range(most - before) if old[-1 - place] != new[-1 - place]), most - before)
    start, end = max(0, before - _CONTEXT), max(0, after - _CONTEXT)

    def part(text: str) -> str:
        return ("..." if start else "") + text[start : len(text) - end] + ("..." if end else "")

    return _short(part(old)), _short(part(new))
