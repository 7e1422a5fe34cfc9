from collections.abc import Callable

import torch
from torch import nn


def elastic_net(model: nn.Module, l1: float = 0.0, l2: float = 0.0) -> torch.Tensor:
    """l1 * sum |w| + l2 / 2 * sum w ** 2 over trained weights of two or more dimensions. Returns a scalar."""
    raise NotImplementedError


def orthogonality(weight: torch.Tensor) -> torch.Tensor:
    """weight: (out, ...). Squared distance of the smaller Gram matrix from the identity. Returns a scalar."""
    raise NotImplementedError


def gradient_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, target: float = 1.0
) -> torch.Tensor:
    """x: (N, ...). Mean squared distance of the slopes from target. Returns a scalar."""
    raise NotImplementedError
