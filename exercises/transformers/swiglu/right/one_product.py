# style: gate and up computed by one product with both weights, silu written with sigmoid
import math

import torch
from torch import nn


def hidden_width(dim, multiple_of=64):
    if min(dim, multiple_of) <= 0:
        raise ValueError("sizes start at 1")
    width = multiple_of
    while 3 * width < 8 * dim:
        width += multiple_of
    return width


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden=None):
        super().__init__()
        hidden = hidden or hidden_width(dim)
        for name, sizes in (("gate_proj", (dim, hidden)), ("up_proj", (dim, hidden)), ("down_proj", (hidden, dim))):
            self.add_module(name, nn.Linear(*sizes, bias=False))

    def forward(self, x):
        both = x @ torch.cat((self.gate_proj.weight, self.up_proj.weight)).t()
        gate, up = both.split(both.shape[-1] // 2, dim=-1)
        return (gate * gate.sigmoid() * up) @ self.down_proj.weight.t()

    @classmethod
    def from_packed(cls, gate_up, down):
        if gate_up.ndim != 2 or down.ndim != 2:
            raise ValueError("matrices are needed")
        if gate_up.shape[1] != down.shape[0] or gate_up.shape[0] != 2 * down.shape[1]:
            raise ValueError("sizes do not fit")
        self = cls(down.shape[0], down.shape[1])
        self.gate_proj.weight = nn.Parameter(gate_up[: down.shape[1]].detach().clone().to(down))
        self.up_proj.weight = nn.Parameter(gate_up[down.shape[1] :].detach().clone().to(down))
        self.down_proj.weight = nn.Parameter(down.detach().clone())
        return self
