import torch
import torch.nn.functional as F
from torch import nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, projected where the channels change. Ready to use."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Identity()
        if in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, in_channels, h, w) -> (n, out_channels, ceil(h / stride), ceil(w / stride))"""
        out = F.relu(self.bn1(self.conv1(x)))  # (n, out, h', w')
        out = self.bn2(self.conv2(out))  # (n, out, h', w')
        return F.relu(out + self.shortcut(x))  # (n, out, h', w')


class SmallResNet(nn.Module):
    """Stem, stages of residual blocks, mean over space, linear layer."""

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        width: int = 16,
        blocks: tuple[int, ...] = (2, 2, 2),
    ) -> None:
        """conv1, bn1; stages: a ModuleList of Sequentials of BasicBlocks; fc."""
        super().__init__()
        raise NotImplementedError

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, channels of the last stage)."""
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns logits, (n, num_classes)."""
        raise NotImplementedError
