"""Updates by hand: parameters that move although no optimizer owns them, seen by comparing them before and after.

Two habits are known: writing into the parameter (`p -= lr * p.grad` under no_grad, `p.data`), and computing new leaf
tensors that take the old ones' places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from torchdojo.harness.originals import data_ptr, grad_of, is_leaf_of, numel, requires_grad_of, shape_of, version_of
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.updates import Updates

#: Values of a parameter that are compared, and parameters whose values are.
_VALUES = 16
_SAMPLED = 4
#: Graph nodes looked at in search of leaf tensors.
_MOST_NODES = 2000


class _Seen:
    """One parameter as a backward pass left it."""

    __slots__ = ("address", "gradient", "parameter", "values", "version")

    def __init__(self, parameter: Any, gradient: Any, *, sampled: bool) -> None:
        self.parameter = parameter
        self.version = version_of(parameter)
        self.address = data_ptr(parameter)
        self.values: Array | None = None
        self.gradient: Array | None = None
        if sampled and gradient is not None and not gradient.is_sparse:
            self.values = _first_values(parameter)
            self.gradient = _first_values(gradient)

    def moved(self) -> bool:
        parameter = self.parameter
        if version_of(parameter) != self.version or data_ptr(parameter) != self.address:
            return True
        return self.values is not None and not np.array_equal(_first_values(parameter), self.values, equal_nan=True)


class ByHand:
    """Watches the parameters that no optimizer owns between one backward pass and the next."""

    def __init__(self, log: Log, gradients: Gradients, graphs: Graphs, updates: Updates) -> None:
        self._log = log
        self._gradients = gradients
        self._graphs = graphs
        self._updates = updates
        self._watched: list[_Seen] = []
        self._at = -1

    def watch(self, pairs: Sequence[tuple[Any, Any]], at: int) -> None:
        """A backward pass at this place left these parameters with these gradients."""
        self._at = at
        chosen = [(p, g) for p, g in pairs if numel(p)]
        step = max(1, len(chosen) // _SAMPLED)
        self._watched = [_Seen(p, g, sampled=index % step == 0) for index, (p, g) in enumerate(chosen)]

    def notice(self) -> None:
        """See whether what was watched has moved."""
        if not self._watched:
            return
        self._watched = [s for s in self._watched if not self._gradients.buffer(s.parameter).stepped]
        moved = [s for s in self._watched if s.moved()]
        if moved:
            self._note(moved, [seen.parameter for seen in moved])

    def replaced(self, leaves: Sequence[Any]) -> bool:
        """Whether these leaf tensors have taken the places of the watched ones: an update as well."""
        old = self._watched
        if not old or len(old) != len(leaves) or any(s.parameter is p for s, p in zip(old, leaves, strict=True)):
            return False
        if [shape_of(seen.parameter) for seen in old] != [shape_of(leaf) for leaf in leaves]:
            return False
        self._note(old, list(leaves))
        return True

    def _note(self, seen: Sequence[_Seen], parameters: Sequence[Any]) -> None:
        self._watched = []
        self._log.by_hand = True
        old = [s.parameter for s in seen]
        found = self._gradients.examine_afterwards(old)
        self._gradients.consume_afterwards(old)
        rate = _rate(seen, parameters)
        rates = [] if rate is None else [rate]
        live = self._graphs.outliving()
        self._log.add("step", self._at, opt=None, cls="manual", lrs=rates, update=None, live=live, **found)
        self._updates.counted()


def leaves_behind(roots: Iterable[Any]) -> list[Any]:
    """The leaf tensors that the graphs behind these tensors lead to, in order of appearance."""
    todo = [root.grad_fn for root in roots if root.grad_fn is not None]
    seen, leaves = set(todo), []
    while todo and len(seen) < _MOST_NODES:
        node = todo.pop()
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            if is_leaf_of(leaf) and requires_grad_of(leaf):
                leaves.append(leaf)
            continue
        for following, _ in node.next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                todo.append(following)
    return leaves


def _first_values(tensor: Any) -> Array:
    return array(tensor).reshape(-1)[:_VALUES].astype(np.float64)


def _rate(seen: Sequence[_Seen], parameters: Sequence[Any]) -> float | None:
    """The factor between gradients and changes, as a least-squares fit over the sampled values."""
    above = below = 0.0
    with np.errstate(all="ignore"):
        for before, parameter in zip(seen, parameters, strict=True):
            if before.values is None or before.gradient is None:
                continue
            change = before.values - _first_values(parameter)
            above += float(change @ before.gradient)
            below += float(before.gradient @ before.gradient)
    rate = above / below if below > 0 else float("nan")
    return rate if np.isfinite(rate) else None


def gradients_of(parameters: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Parameters with their gradients, those that have one."""
    pairs = ((parameter, grad_of(parameter)) for parameter in parameters)
    return [(parameter, gradient) for parameter, gradient in pairs if gradient is not None]
