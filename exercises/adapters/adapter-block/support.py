"""Layers that are not the learner's."""

import torch
from torch import nn


class Busy(nn.Module):
    """A linear layer with batch norm and dropout."""

    def __init__(self, n_in, n_out, p=0.5):
        super().__init__()
        self.fc = nn.Linear(n_in, n_out)
        self.norm = nn.BatchNorm1d(n_out)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return self.drop(self.norm(self.fc(x)))


class Mixing(nn.Module):
    """Takes two inputs and an option."""

    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim)

    def forward(self, x, y, *, factor=1.0):
        return self.fc(x) + factor * y


class Holder(nn.Module):
    """A model that holds two blocks."""

    def __init__(self, first, second):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x):
        return self.second(self.first(x))


def step(model, x):
    """One step of SGD on everything that is trainable."""
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    model(x).pow(2).sum().backward()
    optimizer.step()


class Saved:
    """Holds what adapter_state_dict() returned."""

    def __init__(self, block):
        self.state = block.adapter_state_dict()

    def read(self):
        return {name: value.clone() for name, value in self.state.items()}


class Loaded(Saved):
    """Loads a dict and holds it."""

    def __init__(self, block, state):
        self.state, self.block = state, block
        self.before = list(block.parameters())
        block.load_adapter_state_dict(state)

    def same_parameters(self):
        after = list(self.block.parameters())
        return len(after) == len(self.before) and all(a is b for a, b in zip(after, self.before))
