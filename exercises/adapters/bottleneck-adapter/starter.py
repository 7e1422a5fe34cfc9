import torch
import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    """x + scale * up(GELU(down(x)))"""

    def __init__(self, dim: int, bottleneck: int, scale: float = 1.0, dtype: torch.dtype | None = None) -> None:
        """down: Linear(dim, bottleneck); up: Linear(bottleneck, dim), starting at zero."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        raise NotImplementedError
