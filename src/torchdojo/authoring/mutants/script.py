"""A solution as a syntax tree whose nodes know their parents and their place in the text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

Place = ast.expr | ast.stmt | ast.keyword

#: Calls that only tell something: changing what they say changes no answer.
_TELLING = ("print", "warn", "super", "isinstance", "hasattr")

#: Methods that only tell something.
_TOLD = ("__repr__", "__str__", "extra_repr")


class Script:
    """A parsed solution. Raises SyntaxError."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._bytes = source.encode()
        self._starts = [0]
        for line in self._bytes.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def spliced(self, node: Place, text: str) -> str:
        """The source with `text` in the place of `node`."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        return (self._bytes[:start] + text.encode() + self._bytes[end:]).decode()

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that imports bind: what stands before the dot is no value."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        return frozenset(found)

    @cached_property
    def methods(self) -> frozenset[str]:
        """The names of all functions the solution defines."""
        return frozenset(node.name for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))

    def function_of(self, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function around the node."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, ast.FunctionDef):
            above = self.parents.get(above)
        return above

    def nodes(self) -> Iterator[Place]:
        """Every statement and expression that decides what the code computes, in the order of the text.

        Left out: annotations, docstrings, imports, messages of exceptions, and what only tells.
        """
        for statement in self.tree.body:
            yield from self._under(statement)

    def _under(self, node: ast.AST) -> Iterator[Place]:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.JoinedStr, ast.arg)):
            return
        if _is_text(node) or _is_main_guard(node) or _only_tells(node):
            return
        if isinstance(node, (ast.expr, ast.stmt, ast.keyword)):
            yield node
        for child in _children(node):
            yield from self._under(child)


def called(node: ast.AST) -> str:
    """The last part of the name a call calls, "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def number(node: ast.AST) -> int | float | None:
    """The value of a number as it is written, with its sign; None for anything else."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value  # type: ignore[return-value]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number(node.operand)
        return None if value is None else -value
    return None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_comment", "type_params"):
            continue
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and name in ("bases", "keywords"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_main_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _only_tells(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef) and node.name in _TOLD:
        return True
    if isinstance(node, ast.Expr) and called(node.value) in _TELLING:
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return called(node.value.func.value) == "super"
    return called(node) in _TELLING
