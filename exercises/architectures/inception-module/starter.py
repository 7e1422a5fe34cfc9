import torch
import torch.nn.functional as F
from torch import nn


class InceptionModule(nn.Module):
    """Four branches with windows of different size, joined along the channels."""

    def __init__(
        self,
        in_channels: int,
        c1: int,
        c2: tuple[int, int],
        c3: tuple[int, int],
        c4: int,
    ) -> None:
        """b1; b2_reduce, b2; b3_reduce, b3; b4; and the number out_channels."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, out_channels, h, w)."""
        raise NotImplementedError
