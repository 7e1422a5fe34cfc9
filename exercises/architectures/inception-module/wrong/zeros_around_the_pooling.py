# style: pads with zeros before the pooling
# verdict: wrong_answer
# caught by: test_each_branch
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
        super().__init__()
        self.b1 = nn.Conv2d(in_channels, c1, 1)
        self.b2_reduce = nn.Conv2d(in_channels, c2[0], 1)
        self.b2 = nn.Conv2d(c2[0], c2[1], 3, padding=1)
        self.b3_reduce = nn.Conv2d(in_channels, c3[0], 1)
        self.b3 = nn.Conv2d(c3[0], c3[1], 5, padding=2)
        self.b4 = nn.Conv2d(in_channels, c4, 1)
        self.out_channels = c1 + c2[1] + c3[1] + c4

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, out_channels, h, w)."""
        if x.ndim != 4 or x.shape[1] != self.b1.in_channels:
            raise ValueError(f"expected (n, {self.b1.in_channels}, h, w), not {tuple(x.shape)}")
        y1 = F.relu(self.b1(x))  # (n, c1, h, w)
        y2 = F.relu(self.b2(F.relu(self.b2_reduce(x))))  # (n, c2[1], h, w)
        y3 = F.relu(self.b3(F.relu(self.b3_reduce(x))))  # (n, c3[1], h, w)
        pooled = F.max_pool2d(F.pad(x, (1, 1, 1, 1)), 3, stride=1)  # (n, in_channels, h, w)
        y4 = F.relu(self.b4(pooled))  # (n, c4, h, w)
        return torch.cat([y1, y2, y3, y4], dim=1)  # (n, out_channels, h, w)
