# style: sets expansion in the constructor only
# verdict: runtime_error
# caught by: test_class_knows_its_expansion
import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    """1x1 down, 3x3, 1x1 up, and a shortcut."""

    def __init__(self, in_channels: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        self.expansion = 4
        out_channels = planes * self.expansion
        self.conv1 = nn.Conv2d(in_channels, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3 = nn.Conv2d(planes, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, in_channels, h, w) -> (n, planes * 4, ceil(h / stride), ceil(w / stride))"""
        out = F.relu(self.bn1(self.conv1(x)))  # (n, planes, h, w)
        out = F.relu(self.bn2(self.conv2(out)))  # (n, planes, h', w')
        out = self.bn3(self.conv3(out))  # (n, planes * 4, h', w')
        return F.relu(out + self.downsample(x))  # (n, planes * 4, h', w')
