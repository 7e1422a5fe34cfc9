"""Rows of a batch as integers, so that the same row is known again."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@cache
def _weights(width: int) -> Array:
    found = np.random.default_rng(20_011).integers(0, 1 << 64, width, dtype=np.uint64)
    odd: Array = found | np.uint64(1)
    return odd


def fingerprints(rows: Array) -> Array:
    """One 48-bit integer per row of (rows, values): equal rows get equal ones, in single or in double precision."""
    if rows.dtype.kind == "c":
        return fingerprints(np.stack([rows.real, rows.imag], axis=-1).reshape(len(rows), -1))
    if rows.dtype.kind == "f":
        single = np.ascontiguousarray(rows, dtype=np.float32) + np.float32(0.0)  # -0.0 and 0.0 are the same number.
        bits = single.view(np.uint32).astype(np.uint64)
    else:
        bits = rows.astype(np.int64).view(np.uint64)
    mixed = (bits * _weights(rows.shape[1])).sum(axis=1, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(31)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    prints: Array = (mixed >> np.uint64(16)).astype(np.int64)
    return prints
