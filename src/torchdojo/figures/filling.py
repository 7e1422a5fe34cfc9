"""Samples of tensors, and the fields of events that come from them.

A recorder copies a few rows where an event happens and puts figures off: those of a hundred samples of one shape cost
little more than those of one, and they may be computed in another process than the one that is being recorded.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from torchdojo.figures.fingerprints import Array, fingerprints

Event = dict[str, Any]

_FIGURES = ("row_min", "row_sum_min", "row_sum_max", "exp_sum_min", "exp_sum_max", "spread")
_INTEGERS = frozenset({"int64", "int32", "int16", "int8", "uint8", "bool"})

#: Scores need the labels, which are therefore filled in before them.
_FIELDS = ("rows", "targets", "labels", "scores", "values", "grads")


class BadSample(ValueError):
    """A sample that no recorder takes."""


class Sample(NamedTuple):
    """A few rows of one tensor: (rows, values), or (rows,) for "labels".

    `field` is "rows" or "targets" (fingerprints of that name), "labels" (integers, filled in as "targets"), "scores" (a
    loss's first argument (N, C), of which figures are filled in), or "values" or "grads" (filled in as they are, None
    where not finite).
    """

    field: str
    rows: Array


def blocks_of(samples: Iterable[tuple[int, Sample]]) -> list[tuple[str, list[int], Array]]:
    """Samples of events (by position) as blocks: field, positions, and their rows stacked (events, rows, ...)."""
    groups: dict[Any, tuple[str, list[int], list[Array]]] = {}
    for position, (field, rows) in samples:
        key = field, rows.shape, rows.dtype.char
        found = groups.get(key)
        if found is None:
            found = groups[key] = (field, [], [])
        found[1].append(position)
        found[2].append(rows)
    ordered = sorted(groups.values(), key=lambda group: _FIELDS.index(group[0]))
    return [(field, positions, np.stack(arrays)) for field, positions, arrays in ordered]


def fill_in(events: Sequence[Event], field: str, positions: Sequence[int], block: Array) -> None:
    """Give the events at these positions what comes from their samples; blocks in the order of `blocks_of`.

    Raises BadSample for a field, a shape or a dtype that does not fit.
    """
    if len(block) != len(positions) or block.ndim != (2 if field == "labels" else 3):
        raise BadSample(f"a block of shape {block.shape} for {len(positions)} events")
    if field in ("rows", "targets"):
        prints = fingerprints(block.reshape(-1, block.shape[2])).reshape(len(block), -1).tolist()
        for position, found in zip(positions, prints, strict=True):
            events[position][field] = found
    elif field == "labels" and block.dtype.kind in "iub":
        for position, found in zip(positions, block.astype(np.int64).tolist(), strict=True):
            events[position]["targets"] = found
    elif field in ("values", "grads") and block.dtype.kind == "f":
        for position, matrix in zip(positions, block.tolist(), strict=True):
            events[position][field] = [[_finite_or_none(value) for value in row] for row in matrix]
    elif field == "scores" and block.dtype.kind == "f" and block.size:
        with np.errstate(all="ignore"):
            _fill_scores([events[position] for position in positions], block.astype(np.float64))
    else:
        raise BadSample(f"{block.dtype} for {field!r:.40}")


def _fill_scores(events: Sequence[Event], block: Array) -> None:
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
    for index, event in enumerate(events):
        event.update(zip(_FIGURES, map(_finite_or_none, figures[index]), strict=True))
        if _has_labels(event):
            labels = event["targets"][: best.shape[1]]
            if len(labels) == best.shape[1]:
                event["accuracy"] = float((best[index] == labels).mean())


def _has_labels(event: Event) -> bool:
    """Whether the targets of a loss are one class per row of its scores."""
    shape = event.get("shape") or []
    return (
        len(shape) == 2
        and event.get("target_shape") == shape[:1]
        and event.get("target_dtype") in _INTEGERS
        and bool(event.get("targets"))
    )


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
