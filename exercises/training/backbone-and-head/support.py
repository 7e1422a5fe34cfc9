"""Backbones, and what is done with a model in training."""

import torch
from torch import nn


def images():
    """(n, 2, h, w) -> a map (n, 4, h - 1, w - 1)."""
    return nn.Sequential(nn.Conv2d(2, 4, 2), nn.BatchNorm2d(4), nn.Tanh())


def signals():
    """(n, 2, l) -> a map (n, 4, l - 1)."""
    return nn.Sequential(nn.Conv1d(2, 4, 2), nn.Tanh())


def vectors():
    """(n, 3) -> (n, 4), with dropout."""
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))


def give_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def sgd(model, lr=0.1):
    return torch.optim.SGD(model.parameters(), lr=lr)


def train_once(model, optimizer, x):
    """One step on the sum of squares; gradients left from before are kept."""
    model(x).pow(2).sum().backward()
    optimizer.step()


def facts(model):
    """What is trainable, and which modules are in training mode."""
    return {
        "backbone trainable": sorted({p.requires_grad for p in model.backbone.parameters()}),
        "head trainable": sorted({p.requires_grad for p in model.head.parameters()}),
        "backbone training": sorted({m.training for m in model.backbone.modules()}),
        "head training": model.head.training,
        "model training": model.training,
        "backbone gradients": sum(p.grad is not None for p in model.backbone.parameters()),
    }


def described(model, groups):
    """The groups by the names of their parameters."""
    names = {id(p): name for name, p in model.named_parameters()}
    return [(sorted(names[id(p)] for p in group["params"]), group["lr"]) for group in groups]


def groups_of(model, head_lr, backbone_lr):
    """As an optimizer has them."""
    return described(model, torch.optim.SGD(model.parameter_groups(head_lr, backbone_lr), lr=9.0).param_groups)
