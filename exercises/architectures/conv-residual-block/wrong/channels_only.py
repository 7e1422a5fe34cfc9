# style: projects only when the channels differ
# verdict: wrong_answer
# caught by: test_parameters_have_the_promised_names
import torch
import torch.nn.functional as F
from torch import nn


class ConvResidualBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        if in_channels == out_channels:
            self.shortcut = nn.Identity()
        else:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, in_channels, h, w) -> (n, out_channels, ceil(h / stride), ceil(w / stride))"""
        out = F.relu(self.bn1(self.conv1(x)))  # (n, out, h', w')
        out = self.bn2(self.conv2(out))  # (n, out, h', w')
        return F.relu(out + self.shortcut(x))  # (n, out, h', w')  added before the last ReLU
