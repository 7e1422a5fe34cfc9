# style: 1x1 convolutions as products over the channels, the stride by slicing, an empty Sequential as identity
import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, in_channels: int, planes: int, stride: int = 1):
        super().__init__()
        self.stride = stride
        self.conv1 = nn.Conv2d(in_channels, planes, 1, bias=False)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.conv3 = nn.Conv2d(planes, 4 * planes, 1, bias=False)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm2d(planes), nn.BatchNorm2d(planes), nn.BatchNorm2d(4 * planes)
        layers = []
        if (in_channels, stride) != (4 * planes, 1):
            layers = [nn.Conv2d(in_channels, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes)]
        self.downsample = nn.Sequential(*layers)

    def forward(self, x):
        mix = lambda t, layer: torch.einsum("nchw,oc->nohw", t, layer.weight.flatten(1))
        out = self.bn1(mix(x, self.conv1)).clamp(min=0)
        out = F.conv2d(out, self.conv2.weight, padding=1)[:, :, :: self.stride, :: self.stride]
        out = self.bn2(out).clamp(min=0)
        out = self.bn3(mix(out, self.conv3))
        return (self.downsample(x[..., :: self.stride, :: self.stride]) + out).clamp(min=0)
