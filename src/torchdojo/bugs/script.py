"""A Python script as a concrete syntax tree, walked with the name of the definition each node stands in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from torchdojo.bugs.edits import Edit, Edits, is_idle, removal

#: Nodes that are only about how the text looks.
_LAYOUT = (cst.BaseParenthesizableWhitespace, cst.EmptyLine, cst.TrailingWhitespace, cst.Newline, cst.Comma)

_IDLE = re.compile(r"^[ \t]*([\w., ]+?) = \1[ \t]*(?:#.*)?$", re.MULTILINE)


@lru_cache(maxsize=4)
def script_of(source: str) -> Script:
    """The script parsed, once for all who ask the same text in turn: for its sites, and then to be broken there.

    Raises libcst.ParserSyntaxError.
    """
    return Script(source)


@dataclass(frozen=True, slots=True)
class Spot:
    """A node, the qualified name of the definition round it ("" at top level), and its ancestors, outermost first."""

    node: cst.CSTNode
    scope: str
    ancestors: tuple[cst.CSTNode, ...]

    def inside(self, *types: type[cst.CSTNode]) -> cst.CSTNode | None:
        """The nearest ancestor of one of these types, within the same definition."""
        for node in reversed(self.ancestors):
            if isinstance(node, types):
                return node
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                return None
        return None


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that follow each other at one depth, and what they stand in, outermost first."""

    statements: Sequence[cst.BaseStatement]
    scope: str
    around: tuple[cst.CSTNode, ...]


class Script:
    """Source text, parsed once. Raises libcst.ParserSyntaxError when it is not Python."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        self.module = self._wrapper.module

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """Every node, in the order of the text."""
        found: list[Spot] = []
        _walk(self.module, "", (), found)
        return tuple(found)

    def of(self, *types: type[cst.CSTNode]) -> Iterator[Spot]:
        """The nodes of these types, in the order of the text."""
        return (spot for spot in self.spots if isinstance(spot.node, types))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Every run of statements, outer ones first."""
        return tuple(
            Block(spot.node.body, spot.scope, spot.ancestors)
            for spot in self.spots
            if isinstance(spot.node, (cst.Module, cst.IndentedBlock))
        )

    def line(self, node: cst.CSTNode) -> int:
        """The 1-based line where the node begins."""
        return int(self._wrapper.resolve(PositionProvider)[node].start.line)

    def code(self, node: cst.CSTNode) -> str:
        """The node as text."""
        return self.module.code_for_node(node).strip()

    def edited(self, edits: Edits) -> str:
        """The script's text with these edits, every other character as it was.

        A statement that an edit turned into `x = x` goes altogether.
        """
        text = self._rebuilt(edits)
        if len(_IDLE.findall(text)) == len(_IDLE.findall(self._source)):
            return text
        return Script(text).without_idle_statements()

    def without_idle_statements(self) -> str:
        """The script's text less the statements that assign names to themselves."""
        edits: dict[cst.CSTNode, Edit] = {}
        for block in self.blocks:
            for index, statement in enumerate(block.statements):
                if is_idle(statement):
                    edits.update(removal(block.statements, index))
        return self._rebuilt(edits)

    def _rebuilt(self, edits: Edits) -> str:
        above = {node for spot in self.spots if spot.node in edits for node in spot.ancestors}
        return self.module.visit(_Editor(edits, above)).code


class _Editor(cst.CSTTransformer):
    """Makes the edits, and goes only where there are any: to visit a node is to copy it."""

    def __init__(self, edits: Edits, above: Collection[cst.CSTNode]) -> None:
        super().__init__()
        self._edits = edits
        self._above = above

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._above

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel:
        edit = self._edits.get(original_node)
        if edit is None:
            return updated_node
        result = edit(updated_node)
        if isinstance(result, cst.CSTNode):
            return result
        return cst.FlattenSentinel(result) if result else cst.RemoveFromParent()


def _walk(node: cst.CSTNode, scope: str, ancestors: tuple[cst.CSTNode, ...], found: list[Spot]) -> None:
    found.append(Spot(node, scope, ancestors))
    inner = inner_scope(node, scope)
    around = (*ancestors, node)
    # `node.children` visits, and thereby copies, every child: ten times slower than looking at the fields.
    for name in _fields(type(node)):
        value = getattr(node, name)
        for child in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(child, cst.CSTNode) and not isinstance(child, _LAYOUT):
                _walk(child, inner, around, found)


@cache
def _fields(of: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields in which more than layout may stand."""
    return tuple(name for name in of.__dataclass_fields__ if not name.startswith("whitespace"))


def inner_scope(node: cst.CSTNode, scope: str) -> str:
    """The scope of what stands inside the node."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        return f"{scope}.{node.name.value}" if scope else node.name.value
    return scope
