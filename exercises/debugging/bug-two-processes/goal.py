"""The squared error on new hives, against what really came in: a scale on which no wind pulls."""

import math

import torch
from torch import nn


class NectarNet(nn.Module):
    def __init__(self, sensors=24, width=16):
        super().__init__()
        self.hidden = nn.Linear(sensors, width)
        self.out = nn.Linear(width, 1)

    def forward(self, sensors):
        return self.out(torch.tanh(self.hidden(sensors)))


def build():
    return NectarNet()


def measure(model, seed):
    sensors = torch.randn(4000, 24)
    worth = torch.cos(0.9 * torch.arange(24)) / math.sqrt(12)
    nectar = 1.5 * sensors @ worth + 0.5 * torch.tanh(sensors[:, 0] * sensors[:, 1])
    return (model(sensors).squeeze(1) - nectar).square().mean()
