"""A model and a loss that watch under which precision they run."""

import torch
from torch import nn


def amp_state():
    return torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")


class _Watched(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, diary):
        ctx.diary = diary
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        ctx.diary.append(torch.is_autocast_enabled("cpu"))
        return gradient, None


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 6)
        self.last = nn.Linear(6, 2)
        self.forward_diary = []
        self.backward_diary = []
        self.modes = []

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        self.forward_diary.append((hidden.dtype, torch.is_autocast_enabled("cpu")))
        self.modes.append(self.training)
        return _Watched.apply(self.last(hidden), self.backward_diary)

    def gradient_dtypes(self):
        return [None if p.grad is None else p.grad.dtype for p in self.parameters()]


class Loss:
    """Mean squared error times a factor."""

    def __init__(self, factor=1.0):
        self.factor = factor
        self.diary = []

    def __call__(self, prediction, y):
        self.diary.append((prediction.dtype, torch.is_autocast_enabled("cpu")))
        return ((prediction.float() - y) ** 2).mean() * self.factor


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)
