import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    """1x1 down, 3x3, 1x1 up, and a shortcut."""

    expansion = 4

    def __init__(self, in_channels: int, planes: int, stride: int = 1) -> None:
        """conv1, bn1, conv2, bn2, conv3, bn3, and downsample where it is needed."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, in_channels, h, w) -> (n, planes * 4, ceil(h / stride), ceil(w / stride))"""
        raise NotImplementedError
