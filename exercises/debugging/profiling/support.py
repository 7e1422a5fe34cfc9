"""A clock that moves only when a model works."""

import torch
from torch import nn


class Clock:
    def __init__(self):
        self.now = 1000.0
        self.readings = 0

    def __call__(self):
        self.readings += 1
        return self.now

    def work(self, seconds):
        self.now += seconds


class Work(nn.Module):
    """Takes so many seconds."""

    def __init__(self, clock, seconds):
        super().__init__()
        self.clock, self.seconds = clock, seconds
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x):
        self.clock.work(self.seconds)
        return x * self.weight


class Group(nn.Module):
    """Works a little before, between and after its parts."""

    def __init__(self, clock, seconds, *parts):
        super().__init__()
        self.clock, self.seconds = clock, seconds
        self.parts = nn.ModuleList(parts)

    def forward(self, x):
        self.clock.work(self.seconds)
        for part in self.parts:
            x = part(x)
            self.clock.work(self.seconds)
        return x


class Recursive(nn.Module):
    """Calls itself, and something else on the way."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.leaf = Work(clock, 10.0)

    def forward(self, x, depth=2):
        self.clock.work(1.0)
        if depth:
            x = self(x, depth - 1)
            self.clock.work(2.0)
        return self.leaf(x)


class Slower(nn.Module):
    """Takes as many seconds as the input says, and fails at negative ones; it notes how it is called."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.inner = Work(clock, 1.0)
        self.norm = nn.BatchNorm1d(1).eval()
        self.diary = []

    def forward(self, x):
        self.diary.append((x.item(), self.training, self.norm.training, torch.is_grad_enabled()))
        self.clock.work(x.item())
        self.inner(x)
        if x.item() < 0:
            raise KeyError("in the middle")
        return x


def nested(clock):
    return Group(clock, 0.5, Work(clock, 1.0), Group(clock, 0.25, Work(clock, 2.0), Work(clock, 4.0)), Work(clock, 8.0))


def shared(clock):
    part = Work(clock, 2.0)
    return Group(clock, 1.0, part, Group(clock, 0.5, part), part)


def hooks(model):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_forward_hooks_always_called")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)


def forwards(model):
    """Names of modules whose forward was put onto the instance and left there."""
    return [name for name, module in model.named_modules() if "forward" in vars(module)]


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)
