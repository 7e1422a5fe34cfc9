"""Tensors to and from the wire, on the candidate's side. Only raw numbers cross."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchdojo.harness.originals import as_numpy, detach, device_of, dtype_of, reshape, shape_of, to
from torchdojo.wire import TensorData


def to_wire(tensor: Any) -> TensorData:
    """The tensor's values as bytes, whatever device it is on."""
    values = detach(tensor)
    if device_of(values).type != "cpu":
        values = to(values, "cpu")
    shape = tuple(shape_of(values))
    # A view as bytes is how dtypes that NumPy lacks (bfloat16) cross as well.
    flat = reshape(values, (-1,)).contiguous()
    data = as_numpy(flat.view(torch.uint8)).tobytes() if math.prod(shape) else b""
    return TensorData(str(dtype_of(values))[6:], shape, data)


def from_wire(data: TensorData) -> torch.Tensor:
    """A fresh CPU tensor with these values."""
    dtype: torch.dtype = getattr(torch, data.dtype)
    if not data.data:
        return torch.empty(data.shape, dtype=dtype)
    return torch.frombuffer(bytearray(data.data), dtype=dtype).reshape(data.shape).clone()
