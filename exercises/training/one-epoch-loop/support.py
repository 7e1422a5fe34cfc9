"""Models, batches and losses for the checks."""

import weakref

import torch
import torch.nn.functional as F
from torch import nn


def net(features, classes):
    """Its batch norm tells training mode from evaluation mode: the state differs afterwards."""
    return nn.Sequential(nn.Linear(features, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, classes))


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


class Elsewhere(torch.Tensor):
    """A batch that is on another device: good for nothing but its shape until it is moved."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        with torch._C.DisableTorchFunctionSubclass():
            if name in ("to", "cpu"):
                moved = func(args[0].as_subclass(torch.Tensor), *args[1:], **(kwargs or {}))
                return moved.as_subclass(torch.Tensor)
            if name in ("__get__", "size", "dim", "numel", "__len__", "is_floating_point", "ndimension"):
                return func(*args, **(kwargs or {}))
        raise RuntimeError(f"Expected all tensors to be on the same device: {name or func} got a batch that was not moved")


def elsewhere(batches):
    return [tuple(part.as_subclass(Elsewhere) for part in batch) for batch in batches]


class _Marked(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value, owner):
        owner.nodes.append(weakref.ref(ctx))
        return value.clone()

    @staticmethod
    def backward(ctx, gradient):
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
