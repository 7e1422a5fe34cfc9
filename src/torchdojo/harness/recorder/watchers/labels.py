"""Class labels that a loss leaves out.

Notes, each at the line that computes the loss:

    ignored   cross-entropy left out a class that the scores have: loss (its number), index (the class), ignored (how
              many of the targets), count (targets), classes (scores per row), beside (of a model of token ids with a
              padding id and as many targets as ids: how many of those left out belong to an id that is no padding;
              else null), ids (how many ids there are)
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import Module, Tensor, numel, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.tensors import first_tensor

_POSITIONS = {"cross_entropy": 4, "nll_loss": 4}
_MOST_NOTES = 200


def watch(bus: Bus) -> None:
    """Listen to losses."""
    labels = _Labels(bus)
    bus.forward_begins.append(labels.forward)
    bus.loss_ends.append(labels.loss)


class _Labels:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted = 0
        #: The model that was called last, and what it was given, by weak references.
        self._latest: tuple[Any, Any] | None = None

    def forward(self, module: Any, args: Any, kwargs: Any) -> None:
        """A root forward begins."""
        given = first_tensor(args, kwargs)
        self._latest = None if given is None else (weakref.ref(module), weakref.ref(given))

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
        if not 0 <= index < classes:
            return
        left_out = array(target) == index
        if ignored := int(np.count_nonzero(left_out)):
            self._noted += 1
            beside, ids = self._beside(left_out)
            self._bus.note(
                "labels",
                "ignored",
                loss=number,
                index=int(index),
                ignored=ignored,
                count=numel(target),
                classes=classes,
                beside=beside,
                ids=ids,
            )

    def _beside(self, left_out: Array) -> tuple[int | None, int]:
        """How many of the targets that are left out belong to ids other than that of the padding, and how many ids."""
        model, given = (None, None) if self._latest is None else (ref() for ref in self._latest)
        if model is None or given is None or given.is_floating_point() or numel(given) != left_out.size:
            return None, 0
        for layer in Module.modules(model):
            if isinstance(layer, torch.nn.Embedding) and layer.padding_idx is not None:
                padded = array(given).reshape(-1) == layer.padding_idx
                return int(np.count_nonzero(left_out.reshape(-1) & ~padded)), layer.num_embeddings
        return None, 0
