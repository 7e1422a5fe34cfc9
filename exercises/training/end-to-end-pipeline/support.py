"""A model that watches how it is used."""

import torch
from torch import nn


class Net(nn.Module):
    """The diary has one entry (rows, training, grad enabled) per forward pass; dropout tells the modes apart."""

    def __init__(self, drop=0.0):
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.drop = nn.Dropout(drop)
        self.last = nn.Linear(4, 2)
        self.diary = []

    def forward(self, x):
        self.diary.append((len(x), self.training, torch.is_grad_enabled()))
        return self.last(self.drop(torch.tanh(self.first(x))))


class Same(nn.Module):
    """Gives back what it gets, and nothing to train but one unused number."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, x):
        return x * self.scale


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)
