# style: the adapter's sum written out, deepcopy of the state, a trial load into a fresh adapter
import copy

import torch
import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    """x + up(GELU(down(x))). Ready to use."""

    def __init__(self, dim: int, bottleneck: int) -> None:
        super().__init__()
        self.down = nn.Linear(dim, bottleneck)
        self.up = nn.Linear(bottleneck, dim)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        return x + self.up(F.gelu(self.down(x)))  # (..., dim)


class AdapterBlock(nn.Module):
    def __init__(self, base: nn.Module, dim: int, bottleneck: int):
        super().__init__()
        self.sizes = dim, bottleneck
        self.add_module("base", base)
        self.adapter = BottleneckAdapter(dim, bottleneck)
        base.requires_grad_(requires_grad=False)
        self.train(self.training)

    def forward(self, *inputs, **options):
        h = self.base(*inputs, **options)
        return h + F.linear(F.gelu(self.adapter.down(h)), self.adapter.up.weight, self.adapter.up.bias)

    def train(self, mode: bool = True):
        result = super().train(mode)
        for module in self.base.modules():
            module.training = False
        return result

    def adapter_state_dict(self):
        return dict(copy.deepcopy(self.adapter.state_dict()))

    def load_adapter_state_dict(self, state):
        trial = BottleneckAdapter(*self.sizes)
        try:
            trial.load_state_dict(state, strict=True)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        self.adapter.load_state_dict(state)
