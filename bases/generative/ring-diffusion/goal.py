"""The squared error with which the noise in new points is told."""

import math

import torch

STEPS = 40


def measure(model, seed):
    angle = 2 * math.pi * torch.rand(4000)
    points = torch.stack([angle.cos(), angle.sin()], dim=1) + 0.03 * torch.randn(4000, 2)
    kept = torch.cumprod(1 - torch.linspace(1e-3, 0.18, STEPS), dim=0)
    t = torch.randint(STEPS, (4000,))
    noise = torch.randn(4000, 2)
    mixed = kept[t, None].sqrt() * points + (1 - kept[t, None]).sqrt() * noise
    return (model(mixed, t) - noise).square().mean()
