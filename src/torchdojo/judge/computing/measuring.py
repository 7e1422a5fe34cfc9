"""What generate.py measures with: real operations, on the meta device wherever only shapes and counts matter."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from torchdojo.domain.computation import RAISES


def blank(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """A tensor without memory."""
    return torch.empty(shape, dtype=dtype, device="meta")


def parameters(module: nn.Module) -> int:
    """How many numbers the module learns; a tensor that is used twice counts once."""
    return sum(parameter.numel() for parameter in module.parameters())


def shape_of(make: Callable[[], Tensor]) -> tuple[int, ...] | str:
    """The shape of what `make` returns, or RAISES when PyTorch refuses."""
    try:
        return tuple(make().shape)
    except (RuntimeError, IndexError, ValueError, TypeError):
        return RAISES


def flops(run: Callable[[], object]) -> int:
    """Floating-point operations of convolutions and matrix products: a multiplication and an addition are two."""
    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


def storage_bytes(*tensors: Tensor) -> int:
    """The bytes that the tensors' numbers take."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)
