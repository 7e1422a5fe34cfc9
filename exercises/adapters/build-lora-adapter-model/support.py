"""A base model that is not the learner's."""

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim)
        self.norm = nn.LayerNorm(dim)

    def forward(self, x, scale=1.0):
        x = self.norm(x)
        return scale * torch.sigmoid(self.query(x)) * self.value(x)


class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.attention = Attention(dim)
        self.ffn = nn.Sequential(nn.Linear(dim, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, dim))

    def forward(self, x):
        x = x + self.attention(x, scale=0.5)
        return x + self.ffn(x)


class Model(nn.Module):
    """Two blocks and a head; an optional part that is absent."""

    def __init__(self, dim=4):
        super().__init__()
        self.blocks = nn.ModuleList([Block(dim), Block(dim)])
        self.absent = None
        self.gain = nn.Parameter(torch.ones(dim))
        self.down = nn.Linear(dim, dim)
        self.head = nn.Linear(dim, 2)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(self.gain * self.down(x))


class Tied(nn.Module):
    """One weight under two names."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight
        self.first.bias.requires_grad_(False)


def trainable(model):
    return sorted(name for name, p in model.named_parameters() if p.requires_grad)


def kinds(model):
    """Name of every place and the class of the module there."""
    return {name: type(module).__name__ for name, module in model.named_modules()}


def modes(model):
    return {module.training for module in model.modules()}


def shares_memory(first, second):
    """Whether any parameter or buffer of one lies in the memory of the other."""
    pointers = {t.data_ptr() for t in [*first.parameters(), *first.buffers()]}
    return any(t.data_ptr() in pointers for t in [*second.parameters(), *second.buffers()])


def fill(model, value):
    """Sets everything trainable."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.fill_(value)


def load(model, state):
    """The entries the model does not know."""
    return list(model.load_state_dict(state, strict=False).unexpected_keys)


class Tuned:
    """Holds what tuned_state_dict returned."""

    def __init__(self, function, model):
        self.state, self.model = function(model), model

    def is_plain(self):
        return type(self.state) is dict and all(type(value) is torch.Tensor for value in self.state.values())

    def shares(self):
        pointers = {p.data_ptr() for p in self.model.parameters()}
        return any(value.data_ptr() in pointers for value in self.state.values())


def choose(model):
    """Freezes every lora_A and trains the bias inside of the head."""
    for name, parameter in model.named_parameters():
        if name.endswith("lora_A"):
            parameter.requires_grad_(False)
        elif name == "head.base.bias":
            parameter.requires_grad_(True)


class Special(nn.Linear):
    """A linear layer of a class of its own, as libraries have them."""


class OfSubclass(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = Special(3, 3)

    def forward(self, x):
        return self.query(x)
