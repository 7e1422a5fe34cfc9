"""The squared error with which new images are rebuilt."""

import torch


def measure(model, seed):
    phase = 6.283 * torch.rand(400, 1, 1)
    slope = 6.283 * torch.rand(400, 1, 1)
    grid = torch.arange(6.0)
    images = torch.sin(phase + slope.cos() * grid[None, :, None] + slope.sin() * grid[None, None, :]) * 0.5 + 0.5
    images = images.reshape(400, 36)
    return (torch.sigmoid(model(images)[0]) - images).square().mean()
