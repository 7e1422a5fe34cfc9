# style: downsample is None where it is not needed, one shared ReLU module, in-place sums on own tensors
from torch import nn


class Bottleneck(nn.Module):
    expansion: int = 4

    def __init__(self, in_channels, planes, stride=1):
        super().__init__()
        wide = planes * Bottleneck.expansion
        for k, (i, o, size, step) in enumerate([(in_channels, planes, 1, 1), (planes, planes, 3, stride), (planes, wide, 1, 1)], 1):
            setattr(self, f"conv{k}", nn.Conv2d(i, o, size, step, size // 2, bias=False))
            setattr(self, f"bn{k}", nn.BatchNorm2d(o))
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride > 1 or in_channels != wide:
            self.downsample = nn.Sequential(nn.Conv2d(in_channels, wide, 1, stride, bias=False), nn.BatchNorm2d(wide))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += identity
        return self.relu(out)
