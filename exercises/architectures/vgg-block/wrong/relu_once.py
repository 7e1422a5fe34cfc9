# style: one ReLU at the end
# verdict: wrong_answer
# caught by: test_convolutions_with_relu_and_one_pooling
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn


class VGGBlock(nn.Module):
    """num_convs times convolution and ReLU, then max pooling."""

    def __init__(self, in_channels: int, out_channels: int, num_convs: int) -> None:
        super().__init__()
        if num_convs < 1:
            raise ValueError(f"at least one convolution is needed, not {num_convs}")
        widths = [in_channels] + [out_channels] * num_convs  # the channels between the layers
        self.convs = nn.ModuleList(nn.Conv2d(before, after, 3, padding=1) for before, after in pairwise(widths))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, out_channels, h // 2, w // 2)."""
        if x.ndim != 4 or x.shape[1] != self.convs[0].in_channels:
            raise ValueError(f"expected (n, {self.convs[0].in_channels}, h, w), not {tuple(x.shape)}")
        for conv in self.convs:
            x = conv(x)  # (n, out_channels, h, w)
        return F.max_pool2d(F.relu(x), 2)  # (n, out_channels, h // 2, w // 2)
