# style: functional convolution, one shared ReLU and pooling module, reduce
from functools import reduce

import torch.nn.functional as F
from torch import nn


class VGGBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, num_convs: int):
        super().__init__()
        if num_convs <= 0:
            raise ValueError("num_convs")
        first = [nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)]
        rest = [nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1) for _ in range(1, num_convs)]
        self.convs = nn.ModuleList(first + rest)
        self.end = nn.Sequential(nn.MaxPool2d(2, 2))
        self.relu = nn.ReLU()

    def step(self, x, conv):
        return self.relu(F.conv2d(x, conv.weight, conv.bias, stride=1, padding=1))

    def forward(self, x):
        if tuple(x.shape[1:2]) != (self.convs[0].weight.shape[1],) or len(x.shape) != 4:
            raise ValueError("shape")
        return self.end(reduce(self.step, self.convs, x))
