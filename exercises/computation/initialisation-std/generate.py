"""Initial weights: drawn by PyTorch, and their spread measured against that of the unit law."""

import math

import torch
from torch import nn
from torch.nn import init

from torchdojo.domain.asking import decimal


def question(rng, level):
    fan_in = rng.choice([128, 256, 300, 512, 784, 1024])
    fan_out = rng.choice([n for n in (64, 128, 512, 1024, 2048) if n != fan_in])
    kind = {1: "default", 2: rng.choice(["default", "he", "xavier"]), 3: rng.choice(["he uniform", "xavier", "convolution", "he fan_out"])}[level]
    layer = lambda: nn.Linear(fan_in, fan_out, bias=False)
    if kind == "convolution":
        channels, kernel = rng.choice([16, 32, 64]), rng.choice([3, 5])
        fan_in, text = channels * kernel**2, f"`nn.Conv2d({channels}, 64, kernel_size={kernel}).weight`"
        layer = lambda: nn.Conv2d(channels, 64, kernel, bias=False)
    else:
        text = {
            "default": f"`nn.Linear({fan_in}, {fan_out}).weight`",
            "he": f"`init.kaiming_normal_(weight, nonlinearity='relu')` on a weight of shape ({fan_out}, {fan_in})",
            "he uniform": f"`init.kaiming_uniform_(weight, nonlinearity='relu')` on a weight of shape ({fan_out}, {fan_in})",
            "he fan_out": f"`init.kaiming_normal_(weight, mode='fan_out', nonlinearity='relu')` on a weight of shape ({fan_out}, {fan_in})",
            "xavier": f"`init.xavier_uniform_(weight)` on a weight of shape ({fan_out}, {fan_in})",
        }[kind]
    right, steps = {
        "he": (math.sqrt(2 / fan_in), f"√(2 / {fan_in})"),
        "he uniform": (math.sqrt(2 / fan_in), f"bound √(6 / {fan_in}), divided by √3: √(2 / {fan_in})"),
        "he fan_out": (math.sqrt(2 / fan_out), f"√(2 / {fan_out})"),
        "xavier": (math.sqrt(2 / (fan_in + fan_out)), f"√(2 / ({fan_in} + {fan_out}))"),
    }.get(kind, (1 / math.sqrt(3 * fan_in), f"bound 1 / √{fan_in}, divided by √3: 1 / √(3 × {fan_in})"))
    return decimal(
        f"{text}: what is the standard deviation of its numbers?",
        answer=measured(kind, fan_in, fan_out, layer),
        formula=right,
        working=f"{steps} = {right:.4f}.",
        decimals=4,
        mistakes=[
            (math.sqrt(2 / fan_in), "He initialisation is taken for what is drawn here"),
            (1 / math.sqrt(3 * fan_in), "PyTorch's default is taken for what is drawn here"),
            (right * math.sqrt(3), "the bound of a uniform law is taken for its standard deviation"),
            (1 / math.sqrt(fan_in), "1/√fan_in is taken"),
            (right**2, "the variance is given"),
            (math.sqrt(2 / (fan_in + fan_out)), "the Xavier formula is used"),
            (math.sqrt(2 / fan_out), "fan_out is taken for fan_in"),
        ],
    )


def measured(kind, fan_in, fan_out, layer):
    """The spread from one drawing: what was drawn, over what the unit law draws under the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        weight = drawn(kind, fan_in, fan_out, layer).double()
        torch.manual_seed(0)
        normal = kind in ("he", "he fan_out")
        unit = torch.empty(weight.shape)
        unit = (unit.normal_() if normal else unit.uniform_(-1, 1)).double()
    scale = (weight.norm() / unit.norm()).item()
    return scale if normal else scale / math.sqrt(3)


def drawn(kind, fan_in, fan_out, layer):
    if kind in ("default", "convolution"):
        return layer().weight.detach()
    weight = torch.empty(fan_out, fan_in)
    if kind == "xavier":
        return init.xavier_uniform_(weight)
    if kind == "he uniform":
        return init.kaiming_uniform_(weight, nonlinearity="relu")
    return init.kaiming_normal_(weight, mode="fan_out" if kind == "he fan_out" else "fan_in", nonlinearity="relu")
