"""Models that are not the learner's."""

import torch
from torch import nn


class Special(nn.Linear):
    """A subclass of nn.Linear."""


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim)
        self.query_norm = nn.LayerNorm(dim)
        self.special = Special(dim, dim)

    def forward(self, x):
        return x + self.special(torch.sigmoid(self.query(self.query_norm(x))) * self.value(x))


class Model(nn.Module):
    """Two blocks in a list, a Sequential, and a head."""

    def __init__(self, dim=3):
        super().__init__()
        self.blocks = nn.ModuleList([Attention(dim), Attention(dim)])
        self.ffn = nn.Sequential(nn.Linear(dim, 5), nn.ReLU(), nn.Linear(5, dim))
        self.absent = None
        self.gain = nn.Parameter(torch.ones(dim))
        self.head = nn.Linear(dim, 2)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(self.gain * self.ffn(x))


class Pair(nn.Module):
    """Two names of which one is the end of the other."""

    def __init__(self, query, my_query):
        super().__init__()
        self.query, self.my_query = query, my_query


class Tied(nn.Module):
    """One layer under two names, and in a block that is itself used twice."""

    def __init__(self, dim=3):
        super().__init__()
        self.first = nn.Linear(dim, dim)
        self.again = self.first
        self.left = nn.Sequential(nn.Linear(dim, dim), nn.Tanh())
        self.right = self.left

    def forward(self, x):
        return self.again(self.right(self.first(self.left(x))))


def trainable(model):
    """Names of all places whose parameter requires a gradient."""
    return sorted(n for n, p in model.named_parameters(remove_duplicate=False) if p.requires_grad)


def kinds(model):
    """Name of every place and the class of the module there."""
    return {n: type(m).__name__ for n, m in model.named_modules(remove_duplicate=False)}


def fill(model, value):
    """Sets lora_B everywhere."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("lora_B"):
                parameter.fill_(value)


def step(model, x):
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    model(x).pow(2).sum().backward()
    optimizer.step()
    optimizer.zero_grad()
