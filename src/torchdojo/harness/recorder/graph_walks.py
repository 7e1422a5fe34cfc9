"""Walks over autograd graphs, for watchers that ask what a tensor was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from torchdojo.harness.originals import grad_fn_of

#: Nodes looked at in one walk at most.
_MOST_NODES = 4000


def nodes_behind(roots: Iterable[Any], most: int = _MOST_NODES) -> Iterator[Any]:
    """The graph nodes that tensors were computed by, nearest first, at most `most` of them."""
    todo = [node for root in roots if (node := grad_fn_of(root)) is not None]
    seen = set(todo)
    position = 0
    while position < len(todo):
        node = todo[position]
        position += 1
        yield node
        for following, _ in node.next_functions:
            if following is not None and following not in seen and len(todo) < most:
                seen.add(following)
                todo.append(following)


def before(node: Any, operand: int = 0) -> Any:
    """The node that made an operand of this one; None for a leaf's or a constant's."""
    following = node.next_functions
    return following[operand][0] if operand < len(following) else None


def through(node: Any, passing: tuple[str, ...], far: int = 12) -> tuple[Any, tuple[str, ...]]:
    """Walk back from a node through nodes whose names begin with one of `passing`: where that ends, and the names."""
    passed: list[str] = []
    while node is not None and len(passed) < far and node.name().startswith(passing):
        passed.append(node.name())
        node = before(node)
    return node, tuple(passed)


def saved_axis(node: Any, dimensions: int) -> int:
    """The axis that a node worked along (of a sum, the first of them), counted from the front."""
    saved = node._saved_dim
    axis = int(saved[0] if isinstance(saved, tuple) else saved)
    # A negative axis is kept as an unsigned number.
    return axis if axis < dimensions else axis - 2**64 + dimensions
