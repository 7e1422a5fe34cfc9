"""Samples taken where events happen; their figures come later and in bulk.

Narrow samples leave the process as they are, so that the figures cost the recorded script nothing. Of wide ones the
figures are less than the sample: those are computed here. NumPy copies, so nothing meets torch's modes or counters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from torchdojo.figures import Sample, blocks_of, fill_in
from torchdojo.harness.recorder.numbers import MAX_ROWS, Array, array, copied_rows

#: Where an event keeps its samples until it is sent.
SAMPLES = "_samples"

#: Numbers copied from one tensor for figures.
_MOST_NUMBERS = 1 << 13

#: Rows of at most so many values leave as they are.
_NARROW = 64

#: Dtypes of arrays that the wire takes, by NumPy's characters for them.
_SENT = frozenset(np.dtype(name).char for name in ("f8", "f4", "i8", "i4", "i2", "i1", "u1", "?"))

Event = dict[str, Any]
Entry = Event | tuple[int, Event]
Blocks = list[tuple[str, list[int], Array]]


def rows_of(tensor: Any, name: str = "rows", most: int = MAX_ROWS) -> Sample | None:
    """The first rows of a tensor, for one fingerprint each under this name."""
    rows = copied_rows(tensor, most)
    return Sample(name, rows) if rows.size else None


def rows_of_ids(columns: Sequence[Any], most: int = MAX_ROWS) -> Sample | None:
    """The same for ids (N,) that make a row together, as a user and a film do."""
    rows = np.stack([array(column)[:most] for column in columns], axis=1)
    return Sample("rows", rows) if rows.size else None


def targets_of(target: Any) -> Sample | None:
    """The labels, one per row, or the rows of the targets."""
    values = array(target)
    if values.ndim == 1 and values.dtype.kind in "iub":
        return Sample("labels", values[:MAX_ROWS].copy()) if values.size else None
    return rows_of(target, "targets")


def scores_of(scores: Any) -> Sample | None:
    """The first rows of a loss's first argument, (N, C, ...)."""
    values = array(scores)
    if values.ndim < 2 or values.dtype.kind != "f" or not values.size:
        return None
    if values.ndim > 2:
        values = values.reshape(values.shape[0], values.shape[1], -1)[:, :, 0]
    rows = max(8, min(MAX_ROWS, _MOST_NUMBERS // values.shape[1]))
    return Sample("scores", values[:rows].copy())


def settle(entries: Sequence[Entry], templates: Sequence[Event], *, send: bool) -> tuple[list[Entry], Blocks]:
    """Settle what these entries of a log still owe.

    With `send` only wide samples are worked out, and the others are returned as blocks to be sent. Without, every
    sample is. Entries that were worked out come back as whole events.
    """
    settled: list[Entry] = []
    here: list[tuple[int, Sample]] = []
    away: list[tuple[int, Sample]] = []
    for position, entry in enumerate(entries):
        fields = entry[1] if isinstance(entry, tuple) else entry
        samples = fields.pop(SAMPLES, ())
        # Accuracy needs labels and scores in one place.
        if samples and not (send and all(_is_narrow(sample.rows) for sample in samples)):
            here += [(position, sample) for sample in samples]
            entry = whole(entry, templates)
        else:
            away += [(position, sample) for sample in samples]
        settled.append(entry)
    for field, positions, block in blocks_of(here):
        fill_in(settled, field, positions, block)  # type: ignore[arg-type]  # those in `here` are whole
    return settled, blocks_of(away)


def whole(entry: Entry, templates: Sequence[Event]) -> Event:
    """The event that an entry of a log stands for."""
    return {**templates[entry[0]], **entry[1]} if isinstance(entry, tuple) else entry


def _is_narrow(rows: Array) -> bool:
    return (rows.ndim == 1 or rows.shape[1] <= _NARROW) and rows.dtype.char in _SENT
