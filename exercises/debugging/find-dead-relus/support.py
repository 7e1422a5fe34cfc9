"""Models whose dead units are known."""

import gc
import weakref

import torch
from torch import nn


def biased(bias, inplace=False):
    """Each channel fires always (bias 50), never (-50), or for x above 0 (0)."""
    layer = nn.Linear(1, len(bias))
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.copy_(torch.tensor(bias, dtype=torch.float32))
    return nn.Sequential(layer, nn.ReLU(inplace=inplace))


def maps(bias, dims):
    """The same with feature maps of one or two dims."""
    layer = (nn.Conv1d if dims == 1 else nn.Conv2d)(1, len(bias), 1)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.copy_(torch.tensor(bias, dtype=torch.float32))
    return nn.Sequential(layer, nn.ReLU())


class Nested(nn.Module):
    """ReLUs inside of blocks, one unused, and other activations; it notes how it is called."""

    def __init__(self):
        super().__init__()
        self.unused = nn.ReLU()
        self.block = nn.Sequential(biased([50, -50]), nn.BatchNorm1d(2), nn.Dropout(0.9))
        self.leaky = nn.LeakyReLU(0.1)
        self.last = nn.ModuleDict({"fc": nn.Linear(2, 3), "act": nn.ReLU()})
        with torch.no_grad():
            self.last["fc"].weight.fill_(0.0)
            self.last["fc"].bias.copy_(torch.tensor([-1.0, 1.0, -1.0]))
        self.diary = []

    def forward(self, x):
        self.diary.append((self.training, torch.is_grad_enabled()))
        return self.last["act"](self.last["fc"](self.leaky(-self.block(x))))


class Shared(nn.Module):
    """One ReLU, two names, used twice per pass: on x, then on -x and without its last row."""

    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()
        self.again = self.relu

    def forward(self, x):
        return self.relu(x)[:-1] + self.again(-x[:-1])


class Failing(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = biased([50, -50])
        self.norm = nn.BatchNorm1d(2)
        self.norm.eval()

    def forward(self, x):
        self.part(x)
        raise KeyError("in the middle")


class Watching(nn.Module):
    """Counts at each pass how many outputs of earlier passes are still alive."""

    def __init__(self):
        super().__init__()
        self.net = biased([50, -50, 0])
        self.seen = []
        self.most = 0

    def forward(self, x):
        gc.collect()
        self.most = max(self.most, sum(ref() is not None for ref in self.seen))
        y = self.net(x)
        self.seen.append(weakref.ref(y))
        return y


def freeze_norm(model):
    model.block[1].eval()


def modes(model):
    return {name: module.training for name, module in model.named_modules()}


def hooks(model):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_forward_hooks_always_called")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def grads_of(model):
    return [p.grad for p in model.parameters()]
