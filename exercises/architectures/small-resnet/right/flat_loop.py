# style: one trunk that is walked block by block, einsum mean, weights replaced by new parameters
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
    def __init__(self, in_channels, num_classes, width=16, blocks=(2, 2, 2)):
        if not all(count >= 1 for count in blocks) or not len(blocks):
            raise ValueError("blocks")
        super().__init__()
        widths = [width * 2**k for k in range(len(blocks))]
        self.conv1 = nn.Conv2d(in_channels, width, kernel_size=3, padding="same", bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.stages = nn.ModuleList(
            nn.Sequential(*(BasicBlock(before if i == 0 else w, w, 2 if k and i == 0 else 1) for i in range(count)))
            for k, (before, w, count) in enumerate(zip([width] + widths, widths, blocks))
        )
        self.fc = nn.Linear(widths[-1], num_classes)
        for name, parameter in list(self.named_parameters()):
            if parameter.dim() == 4:
                o, _, a, b = parameter.shape
                parameter.data = torch.randn_like(parameter) * (2 / (a * b * o)) ** 0.5
            elif name.endswith("bn2.weight"):
                parameter.data = torch.zeros_like(parameter)

    def forward(self, x):
        return self.features(x) @ self.fc.weight.t() + self.fc.bias

    def features(self, x):
        if len(x.shape) != 4 or x.shape[1] != self.conv1.weight.shape[1]:
            raise ValueError("shape")
        x = self.bn1(self.conv1(x)).clamp(min=0)
        for block in (block for stage in self.stages for block in stage):
            x = block(x)
        return torch.einsum("nchw->nc", x) / x[0, 0].numel() if len(x) else x.mean((2, 3))
