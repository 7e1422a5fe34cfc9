"""Which forwards a backward pass reached, and which graphs outlive their use.

A mark hangs on a graph node as a hook that C++ alone holds: it is called when a backward pass comes by, and it dies
with the graph. Nothing a script can reach from a tensor takes it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torchdojo.harness.originals import grad_fn_of

_NEVER = _ROOT = -1

#: Where a graph node keeps the number of the forward that it ends, and in whose recording.
_MADE_BY = "torchdojo: forward"

#: From a loss back to the output that it is about, so many operations are followed.
_FAR_ENOUGH = 8


class Mark:
    """One graph: that of a forward (with its number and model), or that of a tensor a backward pass started from."""

    __slots__ = ("_graphs", "forward", "interval", "model")

    def __init__(self, graphs: Graphs, forward: int, model: Any) -> None:
        self._graphs = graphs
        self.forward = forward
        self.model = model
        #: The interval between updates in which a backward pass used the graph last.
        self.interval = _NEVER

    def __call__(self, gradients: Any) -> None:
        self._graphs.reach(self)

    def __del__(self) -> None:
        self._graphs.forget(self)


class Graphs:
    """Counts live graphs by the interval between updates in which they were last used."""

    def __init__(self) -> None:
        self.interval = 0
        #: Stands for this recording on graph nodes, which a script can read: it leads to nothing.
        self._recording = object()
        self._reached: list[Mark] = []
        self._fresh = False
        # Counted apart: a forward and the loss on top of it are the same graph.
        self._forwards: dict[int, int] = {}
        self._roots: dict[int, int] = {}

    def follow(self, forward: int, outputs: Sequence[Any], model: Any) -> None:
        """Follow the graph of a forward by the tensors that came out; `model` is a weak reference."""
        self._fresh = True
        mark: Mark | None = None
        for output in outputs:
            node = grad_fn_of(output)
            if node is not None:
                mark = mark or Mark(self, forward, model)
                node.register_prehook(mark)
                node.metadata[_MADE_BY] = self._recording, forward

    def maker(self, tensor: Any) -> int | None:
        """The forward that a tensor comes from, a few operations before at most; None when that is not known."""
        node = grad_fn_of(tensor)
        for _ in range(_FAR_ENOUGH):
            if node is None:
                return None
            recording, forward = node.metadata.get(_MADE_BY, (None, None))
            if recording is self._recording:
                return int(forward)
            node = node.next_functions[0][0] if node.next_functions else None
        return None

    def begin(self, roots: list[Any]) -> None:
        """A backward pass begins at these tensors."""
        self._reached = []
        if self._fresh:
            self._fresh = False
            return  # A forward's mark stands for this graph.
        for root in roots[:4]:
            node = grad_fn_of(root)
            if node is not None:
                node.register_prehook(Mark(self, _ROOT, None))

    def clear(self) -> None:
        """A backward pass begins of which no more is wanted than the forwards it reaches."""
        self._reached = []
        self._fresh = False

    def end(self) -> tuple[list[int], list[Any]]:
        """It ended: the forwards it reached and the models that made them."""
        marks, self._reached = self._reached, []
        if len(marks) == 1:
            model = marks[0].model()
            return [marks[0].forward], [] if model is None else [model]
        forwards = sorted({mark.forward for mark in marks})
        models = {id(model): model for mark in marks if (model := mark.model()) is not None}
        return forwards, list(models.values())

    def reach(self, mark: Mark) -> None:
        """A backward pass came by a mark."""
        if mark.forward != _ROOT:
            self._reached.append(mark)
        if mark.interval != self.interval:
            counts = self._counts(mark)
            _decrease(counts, mark.interval)
            mark.interval = self.interval
            counts[self.interval] = counts.get(self.interval, 0) + 1

    def forget(self, mark: Mark) -> None:
        """A mark died with its graph."""
        _decrease(self._counts(mark), mark.interval)

    def outliving(self) -> int:
        """Graphs alive although they were last used before the previous update.

        A loop's own variables hold the graphs of the update that is ending, those of alternating optimizers the ones
        before: neither is kept on purpose.
        """
        recent = self.interval - 2
        return max(_before(self._forwards, recent), _before(self._roots, recent))

    def _counts(self, mark: Mark) -> dict[int, int]:
        return self._roots if mark.forward == _ROOT else self._forwards


def _before(counts: dict[int, int], recent: int) -> int:
    total = 0
    for last, number in counts.items():
        if last <= recent:
            total += number
    return total


def _decrease(counts: dict[int, int], interval: int) -> None:
    left = counts.get(interval, 0) - 1
    if left > 0:
        counts[interval] = left
    else:
        counts.pop(interval, None)
