"""Tensors to and from the wire. Only raw numbers cross, never pickles."""

from __future__ import annotations

import torch

from torchdojo.wire import TensorData


def to_wire(tensor: torch.Tensor) -> TensorData:
    """The tensor's values as bytes."""
    flat = tensor.detach().cpu().contiguous()
    name = str(flat.dtype).removeprefix("torch.")
    raw = flat.reshape(-1).view(torch.uint8) if flat.numel() else torch.empty(0, dtype=torch.uint8)
    return TensorData(name, tuple(flat.shape), raw.numpy().tobytes())


def from_wire(data: TensorData) -> torch.Tensor:
    """A fresh tensor with these values."""
    dtype: torch.dtype = getattr(torch, data.dtype)
    if not data.data:
        return torch.empty(data.shape, dtype=dtype)
    return torch.frombuffer(bytearray(data.data), dtype=dtype).reshape(data.shape).clone()
