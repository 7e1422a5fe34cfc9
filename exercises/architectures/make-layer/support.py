"""Blocks that are not the learner's."""

import torch
from torch import nn


class Plain(nn.Module):
    """One convolution; no attribute expansion."""

    def __init__(self, in_channels, planes, stride):
        super().__init__()
        self.seen = (in_channels, planes, stride)
        self.conv = nn.Conv2d(in_channels, planes, 3, stride=stride, padding=1)

    def forward(self, x):
        return torch.relu(self.conv(x))


class Wide(nn.Module):
    """Returns planes * 3 channels."""

    expansion = 3

    def __init__(self, in_channels, planes, stride):
        super().__init__()
        self.seen = (in_channels, planes, stride)
        self.conv = nn.Conv2d(in_channels, planes, 1, stride=stride)
        self.up = nn.Conv2d(planes, 3 * planes, 1)

    def forward(self, x):
        return self.up(torch.relu(self.conv(x)))


def function(in_channels, planes, stride):
    """A function instead of a class."""
    return Plain(in_channels, planes, stride)


def wide_function(in_channels, planes, stride):
    """A function with an expansion."""
    return Wide(in_channels, planes, stride)


wide_function.expansion = 3


def is_plain_sequential(module):
    return type(module) is nn.Sequential
