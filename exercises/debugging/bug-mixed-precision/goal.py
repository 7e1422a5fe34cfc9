"""The squared error on new bearings, with the network in full precision."""

import math

import torch


def measure(model, seed):
    moment = torch.arange(64) / 64
    wear = 10.0 * torch.rand(3000, 1)
    phase = 2 * math.pi * torch.rand(3000, 2)
    shaft = torch.sin(2 * math.pi * 3 * moment + phase[:, :1])
    ring = 0.3 * wear * torch.sin(2 * math.pi * 17 * moment + phase[:, 1:])
    windows = shaft + ring + 0.3 * torch.randn(3000, 64)
    return (model(windows.unsqueeze(1)) - wear).square().mean()
