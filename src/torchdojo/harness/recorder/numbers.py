"""Cheap figures of a tensor, by NumPy on the tensor's own memory: a tenth of what as many torch calls cost."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import as_numpy, detach, dtype_of, is_cpu_of, to

Array = np.ndarray[Any, Any]

#: Rows of one batch that are fingerprinted.
MAX_ROWS = 256
#: Values of a row that count for its fingerprint; longer rows are sampled evenly.
_MAX_VALUES = 1024

_HALVES = (torch.bfloat16, torch.float16)
_float32, _strided = torch.float32, torch.strided


def array(tensor: Any) -> Array:
    """A tensor's values as an array that shares its memory where it can."""
    values = detach(tensor)
    if not is_cpu_of(values):
        values = to(values, "cpu")
    if dtype_of(values) in _HALVES:
        values = to(values, _float32)
    found: Array = as_numpy(values)
    return found


def copied_rows(tensor: Any) -> Array:
    """A copy of the first rows, flattened to (rows, values) and thinned out when rows are long."""
    values = array(tensor)
    if values.ndim == 0 or not values.size:
        return np.empty((0, 1), dtype=np.float32)
    if len(values) > MAX_ROWS:
        values = values[:MAX_ROWS]
    if values.ndim != 2:
        values = values.reshape(len(values), -1)
    if values.shape[1] > _MAX_VALUES:
        values = values[:, :: -(-values.shape[1] // _MAX_VALUES)]
    return values.copy()


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


def finite(value: Any) -> float | None:
    """As a float, None when it is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def has_content(tensor: Any) -> bool:
    """Whether any element differs from zero."""
    values = detach(tensor)
    if values.layout is not _strided:
        return True
    return bool(array(values).any())
