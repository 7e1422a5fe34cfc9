"""Models to be regularized; the same on both sides."""

import torch
from torch import nn


class Mixed(nn.Module):
    """Parameters of one to four dimensions."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 2)
        self.norm = nn.LayerNorm(3)
        self.head = nn.Linear(3, 2)
        self.scale = nn.Parameter(torch.tensor(2.0))
        self.register_buffer("table", torch.ones(4, 4))


class Tied(nn.Module):
    """Two layers with one weight."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(3, 2)
        self.head = nn.Linear(2, 3)
        self.head.weight = self.embed.weight


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(2, 3).requires_grad_(False)
        self.head = nn.Linear(3, 1)


class NoMatrix(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(3)


class Critic(nn.Module):
    """(N, 3) or (N, 3, 2) to (N,), or to (N, 1) if `column`."""

    def __init__(self, column=False, width=3):
        super().__init__()
        self.first = nn.Linear(width, 4)
        self.second = nn.Linear(4, 1)
        self.column = column

    def forward(self, x):
        scores = self.second(torch.tanh(self.first(x.flatten(1))))
        return scores if self.column else scores.squeeze(1)


class Flat(nn.Module):
    """Slope w times 2x: 0 at x = 0."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0]))

    def forward(self, x):
        return (self.weight * x**2).sum(1)


def pairs(x):
    """(N, D) to (N, D): too many scores."""
    return x * x


def single(x):
    return (x * x).sum()
