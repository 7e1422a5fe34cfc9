"""Class labels that a loss leaves out.

Notes, each at the line that computes the loss:

    ignored   cross-entropy left out a class that the scores have: loss (its number), index (the class), ignored (how
              many of the targets), count (targets), classes (scores per row)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from torchdojo.harness.originals import Tensor, numel, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array

_POSITIONS = {"cross_entropy": 4, "nll_loss": 4}
_MOST_NOTES = 200


def watch(bus: Bus) -> None:
    """Listen to losses."""
    labels = _Labels(bus)
    bus.loss_ends.append(labels.loss)


class _Labels:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted = 0

    def loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        """A loss was computed."""
        position = _POSITIONS.get(name)
        if position is None or self._noted >= _MOST_NOTES:
            return
        index = args[position] if len(args) > position else kwargs.get("ignore_index", -100)
        scores = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(target, Tensor) or not isinstance(scores, Tensor) or target.is_floating_point():
            return
        shape = shape_of(scores)
        classes = shape[1] if len(shape) > 1 else shape[0]
        if 0 <= index < classes and (ignored := int(np.count_nonzero(array(target) == index))):
            self._noted += 1
            self._bus.note(
                "labels",
                "ignored",
                loss=number,
                index=int(index),
                ignored=ignored,
                count=numel(target),
                classes=classes,
            )
