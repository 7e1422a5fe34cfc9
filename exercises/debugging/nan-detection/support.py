"""Models in which something goes wrong at a known place."""

import torch
from torch import nn


class Divide(nn.Module):
    """Divides by a number: 0 gives infinities and NaN."""

    def __init__(self, by=1.0):
        super().__init__()
        self.by = by

    def forward(self, x):
        return x / self.by


class Pair(nn.Module):
    """Takes and gives structures."""

    def __init__(self, place=None):
        super().__init__()
        self.place = place

    def forward(self, x, *, scale=None, note="ok"):
        bad = x * torch.nan
        if self.place == "tuple":
            return x, bad
        if self.place == "dict":
            return {"a": 1, "b": [x, {"c": bad}], "d": None}
        return x, {"steps": 3, "note": note, "scale": scale}


class UsesPair(nn.Module):
    def __init__(self, place, scale=1.0):
        super().__init__()
        self.pair = Pair(place)
        self.scale = scale

    def forward(self, x):
        self.pair(x, scale=x / self.scale)
        return x


class Outer(nn.Module):
    """Takes a logarithm between two of its parts."""

    def __init__(self):
        super().__init__()
        self.first = nn.Identity()
        self.last = nn.Sequential(nn.Linear(2, 2), nn.Identity())

    def forward(self, x):
        return self.last(self.first(x).log())


class Diary(nn.Module):
    """Batch norm, dropout, a count of the passes, and a failure on demand."""

    def __init__(self, fails=False):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.norm = nn.BatchNorm1d(3)
        self.drop = nn.Dropout(0.5)
        self.unused = nn.Linear(2, 2)
        self.unused.bias.requires_grad = False
        self.register_buffer("passes", torch.zeros(()), persistent=False)  # in no state dict
        self.fails = fails
        self.modes = []

    def forward(self, x):
        self.modes.append(self.training)
        self.passes = self.passes + 1
        y = self.drop(self.norm(self.fc(x)))
        if self.fails:
            raise KeyError("in the middle")
        return y


class BadInTraining(nn.Module):
    def forward(self, x):
        return x / 0 if self.training else x


class Root(nn.Module):
    """The square root of 0 is fine, its slope is not."""

    def __init__(self):
        super().__init__()
        self.good = nn.Parameter(torch.ones(2))
        self.inner = nn.ParameterDict({"bad": nn.Parameter(torch.zeros(2)), "worse": nn.Parameter(torch.zeros(2))})

    def forward(self, x):
        roots = self.inner["bad"].sqrt() + self.inner["worse"].sqrt()
        return x * self.good + roots


def chain(*places):
    """fc, then divisions by these numbers."""
    return nn.Sequential(nn.Linear(2, 2), *[Divide(by) for by in places])


def nested():
    return nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Tanh(), nn.Sequential(Divide(0.0), nn.Tanh())), Divide(0.0))


def spoil(model, name, value, place=0):
    with torch.no_grad():
        dict([*model.named_parameters(), *model.named_buffers()])[name].view(-1)[place] = value


def freeze(model):
    model.requires_grad_(False)


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def trace(model):
    """All that a tool could leave behind."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_forward_hooks_always_called")
    return {
        "state": {name: tensor.tolist() for name, tensor in model.state_dict().items()},
        "buffers": {name: tensor.tolist() for name, tensor in model.named_buffers()},
        "gradients": [None if p.grad is None else p.grad.tolist() for p in model.parameters()],
        "trained": [p.requires_grad for p in model.parameters()],
        "modes": [module.training for module in model.modules()],
        "hooks": sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds),
        "tensor hooks": sum(len(p._backward_hooks or ()) for p in model.parameters()),
    }


def total(y):
    return y.sum()


def log_of_nothing(y):
    return (y.sum() * 0).log()


def of_first(y):
    return y[0].sum()


def detached(y):
    return y.detach().sum()
