"""Functions to differentiate; the same on both sides."""

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Counted(TorchDispatchMode):
    """Counts operations, and the entries of the largest tensor that one of them makes."""

    def __init__(self):
        super().__init__()
        self.operations = self.largest = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        self.operations += 1
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        self.largest = max(self.largest, *sizes) if sizes else self.largest
        return result


def effort(function, *args):
    """How many operations the call takes, and the entries of the largest tensor."""
    with Counted() as counted:
        function(*args)
    return counted.operations, counted.largest


def quartic(x):
    return (x**4).sum() + 2 * x.prod()


def waves(x):
    """Cosines with 477 periods between 0 and 1."""
    return (3e3 * x).cos().sum() / 3e3


def cubes(x):
    return (x**3).sum() + x.sum() ** 3


def linear(x):
    return 3 * x.sum()


def one_element(x):
    return (x**3).sum().reshape(1, 1)


def constant(x):
    return torch.ones((), dtype=x.dtype)


def table(x):
    flat = x.flatten()
    return torch.stack([torch.stack([flat.sum(), (flat**2).sum()]), torch.stack([flat[0] * flat[-1], flat[0].sin()])])


def elementwise(x):
    return x.exp()


def some_constant(x):
    return torch.stack([x.sum() ** 2, torch.ones((), dtype=x.dtype)])


def constant_table(x):
    return torch.ones(2, 3, dtype=x.dtype)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.5, -1.0, 2.0]))

    def forward(self, x):
        return torch.tanh(x * self.weight).sum()


class Rows(Net):
    def forward(self, x):
        return torch.tanh(x * self.weight)


class Steady(Net):
    """Depends on its weights, and not on x."""

    def forward(self, x):
        return (self.weight**2).sum()


class Dot(Net):
    """Linear in x, with weights for its gradient."""

    def forward(self, x):
        return (x * self.weight).sum()
