"""The student's accuracy on new rows."""

import torch


def build():
    return torch.nn.Sequential(torch.nn.Linear(10, 32), torch.nn.ReLU(), torch.nn.Linear(32, 5))


def measure(model, seed):
    x = torch.randn(2000, 10)
    y = torch.stack([x[:, i] + 0.8 * x[:, i + 1] * x[:, i + 2] for i in range(5)], dim=1).argmax(dim=1)
    return (model(x).argmax(dim=1) == y).float().mean()
