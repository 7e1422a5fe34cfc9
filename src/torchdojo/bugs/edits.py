"""What may become of the nodes of a script, and how statements are taken out without a trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import libcst as cst

#: What becomes of a node: another node, or any number of statements in its place.
Edit = Callable[[cst.CSTNode], "cst.CSTNode | Sequence[cst.CSTNode]"]
Edits = Mapping[cst.CSTNode, Edit]


def by(node: cst.CSTNode) -> Edit:
    """The edit that puts another node in place."""
    return lambda _: node


def removal(statements: Sequence[cst.BaseStatement], index: int, count: int = 1, *, telling: str = "") -> Edits:
    """Take `count` statements out of a block, together with comments that match `telling`; other comments stay."""
    gone = statements[index : index + count]
    edits: dict[cst.CSTNode, Edit] = {statement: lambda _: () for statement in gone}
    if len(statements) == count:
        edits[gone[0]] = lambda _: cst.parse_statement("pass")
        return edits
    if index + count < len(statements):
        kept = heading(gone[0], telling)
        edits[statements[index + count]] = lambda node: _under(kept, cast(cst.SimpleStatementLine, node))
    return edits


def heading(statement: cst.CSTNode, telling: str = "") -> list[cst.EmptyLine]:
    """The blank lines and comments above a statement, without comments that match `telling`."""
    lines = list(cast(cst.SimpleStatementLine, statement).leading_lines)
    comments = " ".join(line.comment.value for line in lines if line.comment is not None)
    if telling and re.search(telling, comments, re.IGNORECASE):
        return [line for line in lines if line.comment is None]
    return lines


def _under(above: list[cst.EmptyLine], statement: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    own = list(statement.leading_lines)
    if own and own[0].comment is None and all(line.comment is None for line in above):
        return statement
    return statement.with_changes(leading_lines=[*above, *own])


def is_idle(node: cst.CSTNode) -> bool:
    """Whether the statement only assigns names to themselves."""
    if not isinstance(node, cst.SimpleStatementLine) or len(node.body) != 1:
        return False
    assign = node.body[0]
    return (
        isinstance(assign, cst.Assign)
        and len(assign.targets) == 1
        and assign.targets[0].target.deep_equals(assign.value)
    )
