"""What one change is: a node, and what comes in its place."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from torchdojo.authoring.mutants.script import Place, Script

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Edit:
    """`new` in the place of `node`; a statement with None is taken out."""

    node: Place
    new: Place | None


#: Says which edits a node offers.
Finder = Callable[[Script, Place], Iterator[Edit]]


def altered(node: Node, **changes: Any) -> Node:
    """A copy of the node with other fields, its children shared."""
    twin = copy.copy(node)
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


def exchanged(parent: Node, child: ast.AST, new: ast.AST) -> Node:
    """A copy of `parent` in which `new` stands for `child`."""
    changes: dict[str, Any] = {}
    for name, value in ast.iter_fields(parent):
        if value is child:
            changes[name] = new
        elif isinstance(value, list) and any(part is child for part in value):
            changes[name] = [new if part is child else part for part in value]
    return altered(parent, **changes)


def constant(value: object) -> ast.expr:
    """The value as it would be written."""
    return ast.parse(repr(value), mode="eval").body


def expression(text: str) -> ast.expr:
    """The expression that the text is."""
    return ast.parse(text, mode="eval").body
