"""The squared error of the forecast on new hours that were counted without an error, in hundreds of rentals."""

import torch


def measure(model, seed):
    x = torch.randn(4000, 12)
    temperature, wind, rush, weekend = x[:, 0], x[:, 1], x[:, 2], x[:, 3]
    rentals = 3.0 + 2.0 * torch.tanh(temperature) - 0.5 * wind + rush * (weekend < 0.5).float()
    return (model(x).squeeze(1) - rentals).square().mean()
