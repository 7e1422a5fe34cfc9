"""Blocks that write down when they run."""

import torch
from torch import nn


class Block(nn.Module):
    """A wide hidden layer: it would keep five times what comes in."""

    def __init__(self, number, width, diary):
        super().__init__()
        self.number = number
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.diary = diary

    def forward(self, x):
        self.diary.append(self.number)
        return x + self.narrow(torch.tanh(self.wide(x)))


def blocks(count, width):
    diary = []
    return [Block(number, width, diary) for number in range(count)]


def dropouts(count):
    return [nn.Dropout(0.5) for _ in range(count)]


def plain(count, width):
    return nn.Sequential(*blocks(count, width))


def draw_some():
    """What happens between forward and backward may draw random numbers too."""
    return torch.rand(7)


class Noted(nn.Module):
    """Writes down its mode at every run."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))
        self.modes = []

    def forward(self, x):
        self.modes.append(self.training)
        return torch.tanh(x * self.weight)


def noted_modes(count):
    return [Noted() for _ in range(count)]


def same_modules(registered, given):
    return all(one is other for one, other in zip(registered, given, strict=True))
