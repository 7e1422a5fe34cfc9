"""The axis of the batch, from what goes into a model to what comes out.

rank        a batch of one came out with fewer axes than larger batches do: rank, usual (axes), model, forward
shapes      a model's input and output, the first time they look like this: given, made (shapes), model, forward
"""

from __future__ import annotations

from typing import Any

from torchdojo.harness.originals import Tensor, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

_NAME = "batch_axes"
_MOST_SHAPES = 40


def watch(bus: Bus) -> None:
    """Begin to watch."""
    bus.forward_ends.append(_Axes(bus).forward_ends)


class _Axes:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._ranks: dict[tuple[int, int], int] = {}
        self._shapes: set[tuple[Any, ...]] = set()

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Compare the axes of what came out with those of other batches."""
        given = first_tensor(args, kwargs)
        found = [output] if isinstance(output, Tensor) else tensors_in(output)
        if given is None or not found or not shape_of(given):
            return
        one, other = shape_of(given), shape_of(found[0])
        ident = self._bus.log.ident(module)
        key = (ident, *one, -1, *other)
        if key in self._shapes or len(self._shapes) >= _MOST_SHAPES:
            return
        self._shapes.add(key)
        said = {"model": ident, "forward": number}
        self._bus.note(_NAME, "shapes", given=list(one), made=list(other), **said)
        kind = (ident, len(one))
        if one[0] > 1:
            self._ranks.setdefault(kind, len(other))
        elif one[0] == 1 and kind in self._ranks and len(other) < self._ranks[kind]:
            self._bus.note(_NAME, "rank", rank=len(other), usual=self._ranks[kind], **said)
