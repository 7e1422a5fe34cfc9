"""A model in two parts that watches how it is used."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(3, 5, bias=False), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 4))
        self.head = nn.Linear(4, 2)
        self.diary = []

    def forward(self, x):
        modes = sorted({m.training for m in self.backbone.modules()})
        trained = [p.requires_grad for p in self.backbone.parameters()]
        self.diary.append((self.training and self.head.training, modes, any(trained)))
        return self.head(self.backbone(x))


class Momentum(torch.optim.SGD):
    """Remembers what it was made with."""

    made = []

    def __init__(self, groups):
        groups = list(groups)
        Momentum.made.append([group["lr"] for group in groups])
        super().__init__(groups, momentum=0.9, weight_decay=0.1)


def made():
    found = list(Momentum.made)
    Momentum.made.clear()
    return found


def freeze(model, names):
    for name, parameter in model.named_parameters():
        if name in names:
            parameter.requires_grad = False


def flags(model):
    return {name: p.requires_grad for name, p in model.named_parameters()}


def have_gradients(model):
    return [name for name, p in model.backbone.named_parameters() if p.grad is not None]


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def failing_loss(prediction, y):
    raise KeyError("loss")


class Decaying(torch.optim.SGD):
    """SGD that also shrinks every weight with a gradient, be it 0."""

    def __init__(self, groups):
        super().__init__(groups, weight_decay=0.5)


class Turning:
    """A loader that gives its batches in another order in every walk, as a shuffling one does."""

    def __init__(self, batches):
        self.batches = list(batches)
        self.walks = 0

    def __iter__(self):
        at = self.walks % len(self.batches)
        self.walks += 1
        return iter(self.batches[at:] + self.batches[:at])
