"""The numeric part of events, computed later and in bulk.

Where an event happens only a small copy of the tensor is taken: figures of a hundred such copies of one shape cost
little more than those of one. NumPy does the arithmetic, so nothing here meets torch's modes, patches or counters.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from torchdojo.harness.recorder.numbers import MAX_ROWS, Array, array, copied_rows, fingerprints

#: Numbers copied from one tensor for figures.
_MOST_NUMBERS = 1 << 16

Event = dict[str, Any]

_FIGURES = ("row_min", "row_sum_min", "row_sum_max", "exp_sum_min", "exp_sum_max", "spread")


class Deferred:
    """Numbers owed to events."""

    def __init__(self) -> None:
        self._rows: dict[Any, tuple[list[Array], list[tuple[Event, str]]]] = {}
        self._scores: dict[Any, tuple[list[Array], list[tuple[Event, list[int] | None]]]] = {}

    def rows(self, event: Event, name: str, tensor: Any) -> None:
        """Owe `event[name]`: one fingerprint for each of the first rows of the tensor."""
        event[name] = []
        rows = copied_rows(tensor)
        if rows.size:
            group = self._rows.setdefault((rows.shape, rows.dtype), ([], []))
            group[0].append(rows)
            group[1].append((event, name))

    def scores(self, event: Event, scores: Any, labels: list[int] | None) -> None:
        """Owe the figures of a loss's first argument, (N, C, ...), and the accuracy where there are labels."""
        values = array(scores)
        if values.ndim < 2 or values.dtype.kind != "f" or not values.size:
            return
        if values.ndim > 2:
            values, labels = values.reshape(values.shape[0], values.shape[1], -1)[:, :, 0], None
        rows = max(8, min(MAX_ROWS, _MOST_NUMBERS // values.shape[1]))
        if len(values) > rows:
            values, labels = values[:rows], None if labels is None else labels[:rows]
        event.update(dict.fromkeys(_FIGURES))
        group = self._scores.setdefault((values.shape, values.dtype), ([], []))
        group[0].append(values.copy())
        group[1].append((event, labels))

    def fill(self) -> None:
        """Pay everything owed."""
        rows, self._rows = self._rows, {}
        for arrays, owners in rows.values():
            block = np.concatenate(arrays)
            prints = fingerprints(block).reshape(len(owners), -1).tolist()
            for (event, name), found in zip(owners, prints, strict=True):
                event[name] = found
        scores, self._scores = self._scores, {}
        with np.errstate(all="ignore"):
            for arrays, labelled in scores.values():
                _pay_scores(np.stack(arrays), labelled)


def _pay_scores(block: Array, owners: list[tuple[Event, list[int] | None]]) -> None:
    block = block.astype(np.float64)
    sums, exponentials = block.sum(axis=2), np.exp(block).sum(axis=2)
    low, high = block.min(axis=2), block.max(axis=2)
    figures = np.stack(
        [
            low.min(axis=1),
            sums.min(axis=1),
            sums.max(axis=1),
            exponentials.min(axis=1),
            exponentials.max(axis=1),
            (high - low).max(axis=1),
        ],
        axis=1,
    ).tolist()
    best = block.argmax(axis=2)
    for index, (event, labels) in enumerate(owners):
        event.update(zip(_FIGURES, map(_finite_or_none, figures[index]), strict=True))
        if labels is not None and len(labels) == best.shape[1]:
            event["accuracy"] = float((best[index] == labels).mean())


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
