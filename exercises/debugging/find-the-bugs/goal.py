"""Mean squared error on batteries whose number of charges was entered without a typing error."""

import torch

MOMENTS = 24


def measure(model, seed):
    age = torch.rand(2000, 1)
    heat = torch.randn(2000, 1)
    moment = torch.linspace(0.0, 1.0, MOMENTS)
    curves = torch.exp(-(1.0 + 3.0 * age) * moment) + 0.2 * heat * moment + 0.05 * torch.randn(2000, MOMENTS)
    left = 15.0 * (1.0 - age) ** 1.5 - 1.5 * heat.abs() + 0.5 * torch.randn(2000, 1)
    return (model((curves - 0.45) / 0.3) - left).square().mean()
