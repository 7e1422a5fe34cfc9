# style: takes a zero for one block
# verdict: wrong_answer
# caught by: test_empty_stages_are_refused
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
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.stages = nn.ModuleList()
        channels = width
        for k, count in enumerate(blocks):
            out_channels = width * 2**k
            stage = [BasicBlock(channels, out_channels, 1 if k == 0 else 2)]
            stage += [BasicBlock(out_channels, out_channels, 1) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(*stage))
            channels = out_channels
        self.fc = nn.Linear(channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.weight)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns (n, channels of the last stage)."""
        if x.ndim != 4 or x.shape[1] != self.conv1.in_channels:
            raise ValueError(f"expected (n, {self.conv1.in_channels}, h, w), not {tuple(x.shape)}")
        x = F.relu(self.bn1(self.conv1(x)))  # (n, width, h, w)
        for stage in self.stages:
            x = stage(x)  # (n, width * 2^k, h / 2^k, w / 2^k)
        return x.mean(dim=(2, 3))  # (n, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, in_channels, h, w). Returns logits, (n, num_classes)."""
        return self.fc(self.features(x))  # (n, num_classes)
