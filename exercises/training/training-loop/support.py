"""A model that watches how it is used."""

import torch
from torch import nn


class Net(nn.Module):
    """A buffer counts the batches of training; the diary has one entry (training, grad enabled) per forward pass."""

    def __init__(self, norm=True):
        super().__init__()
        self.first = nn.Linear(4, 5)
        self.norm = nn.BatchNorm1d(5) if norm else nn.Identity()
        self.last = nn.Linear(5, 1)
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))
        self.diary = []

    def forward(self, x):
        if self.training:
            self.batches += 1
        self.diary.append((self.training, torch.is_grad_enabled()))
        return self.last(torch.tanh(self.norm(self.first(x))))


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


class Turning:
    """A loader that gives its batches in another order in every walk, as a shuffling one does."""

    def __init__(self, batches):
        self.batches = list(batches)
        self.walks = 0

    def __iter__(self):
        at = self.walks % len(self.batches)
        self.walks += 1
        return iter(self.batches[at:] + self.batches[:at])


class LateNumbers:
    """A loader whose targets are NaN in the first walk and numbers in all others."""

    def __init__(self, batches):
        self.batches = list(batches)
        self.walks = 0

    def __iter__(self):
        self.walks += 1
        return iter([(x, y * float("nan")) for x, y in self.batches] if self.walks == 1 else self.batches)
