"""A generator and a discriminator that notice how they are used."""

import torch
from torch import nn


class Generator(nn.Module):
    """Batch norm tells the modes and the number of calls; a hook counts how often gradients come back."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 5, bias=False)
        self.norm = nn.BatchNorm1d(5)
        self.last = nn.Linear(5, 2)
        self.calls = self.returns = 0

    def forward(self, z):
        self.calls += 1
        fake = self.last(torch.tanh(self.norm(self.first(z))))
        if fake.requires_grad:
            fake.register_hook(self.count)
        return fake

    def count(self, _):
        self.returns += 1


class Discriminator(nn.Module):
    """Logits of shape (n, 1), or (n,) when flat; keeps what it is asked about."""

    def __init__(self, flat=False):
        super().__init__()
        self.first = nn.Linear(2, 4, bias=False)
        self.norm = nn.BatchNorm1d(4)
        self.last = nn.Linear(4, 1)
        self.flat = flat
        self.diary = []

    def forward(self, x):
        self.diary.append(x.detach().clone())
        logits = self.last(torch.tanh(self.norm(self.first(x))))
        return logits[:, 0] if self.flat else logits


class Scale(nn.Module):
    """The smallest network there is: one weight."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))

    def forward(self, x):
        return self.weight * x


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def need_gradients(model):
    return [parameter.requires_grad for parameter in model.parameters()]
