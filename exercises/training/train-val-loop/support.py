"""A model that watches how it is used."""

import torch
from torch import nn


class Net(nn.Module):
    """Batch norm and dropout, and a diary: one entry (training, grad enabled) per forward pass."""

    def __init__(self, features=4, classes=3, drop=0.0):
        super().__init__()
        self.first = nn.Linear(features, 6, bias=False)
        self.norm = nn.BatchNorm1d(6)
        self.drop = nn.Dropout(drop)
        self.last = nn.Linear(6, classes)
        self.diary = []

    def forward(self, x):
        self.diary.append((self.training, torch.is_grad_enabled()))
        return self.last(self.drop(torch.tanh(self.norm(self.first(x)))))

    def modes(self):
        return [module.training for module in self.modules()]


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def recording_after(evaluate, model, data, loss_fn, recording):
    """Does autograd record once evaluate has returned?"""
    with torch.set_grad_enabled(recording):
        evaluate(model, data, loss_fn)
        return torch.is_grad_enabled()


class Turning:
    """A loader that gives its batches in another order in every walk, as a shuffling one does."""

    def __init__(self, batches):
        self.batches = list(batches)
        self.walks = 0

    def __iter__(self):
        at = self.walks % len(self.batches)
        self.walks += 1
        return iter(self.batches[at:] + self.batches[:at])
