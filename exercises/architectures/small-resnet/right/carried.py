# style: stage by stage with a helper, the start by apply and normal_, the mean by adaptive pooling
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
        super().__init__()
        if len(blocks) == 0 or any(count <= 0 for count in blocks):
            raise ValueError("blocks")
        self.in_channels = in_channels
        self.conv1 = nn.Conv2d(in_channels, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.now = width
        stages = [self.stage(width, blocks[0], 1)]
        for count in blocks[1:]:
            stages.append(self.stage(2 * self.now, count, 2))
        self.stages = nn.ModuleList(stages)
        self.fc = nn.Linear(self.now, num_classes)
        self.apply(self.start)

    def stage(self, out, count, stride):
        layers = []
        for i in range(count):
            layers.append(BasicBlock(self.now, out, stride if i == 0 else 1))
            self.now = out
        return nn.Sequential(*layers)

    @staticmethod
    @torch.no_grad()
    def start(module):
        if type(module) is nn.Conv2d:
            o, _, k, _ = module.weight.shape
            module.weight.normal_(0, (2 / (k * k * o)) ** 0.5)
        if hasattr(module, "bn2"):
            module.bn2.weight.zero_()

    def features(self, x):
        if x.dim() != 4 or x.size(1) != self.in_channels:
            raise ValueError("shape")
        x = torch.relu(self.bn1(self.conv1(x)))
        for stage in self.stages:
            x = stage(x)
        return F.adaptive_avg_pool2d(x, (1, 1)).flatten(1)

    def forward(self, x):
        return self.fc(self.features(x))
