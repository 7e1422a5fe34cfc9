"""Models and losses for the checks."""

import weakref

import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    """Two layers that remember how many rows each call brought."""

    def __init__(self, features, classes):
        super().__init__()
        self.first = nn.Linear(features, 5)
        self.last = nn.Linear(5, classes)
        self.rows = []
        self.modes = []

    def forward(self, x):
        self.rows.append(len(x))
        self.modes.append(self.training)
        return self.last(torch.tanh(self.first(x)))


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


class _Marked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value, owner):
        owner.nodes.append(weakref.ref(ctx))
        ctx.save_for_backward(value)
        return value.clone()

    @staticmethod
    def backward(ctx, gradient):
        ctx.saved_tensors  # noqa: B018
        return gradient, None


class CountingLoss:
    """Mean squared error that counts how many of its graphs are alive at once."""

    def __init__(self):
        self.nodes = []
        self.most = 0

    def __call__(self, prediction, y):
        loss = _Marked.apply(F.mse_loss(prediction, y), self)
        self.most = max(self.most, sum(node() is not None for node in self.nodes))
        return loss
