import torch
import torch.nn.functional as F
from torch import nn


class VGGBlock(nn.Module):
    """num_convs times convolution and ReLU, then max pooling."""

    def __init__(self, in_channels: int, out_channels: int, num_convs: int) -> None:
        """convs: a ModuleList of 3x3 convolutions."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, out_channels, h // 2, w // 2)."""
        raise NotImplementedError
