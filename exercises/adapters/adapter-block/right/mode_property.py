# style: the base's own train() is disabled, state handled by state_dict and copy_
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
    def __init__(self, base, dim, bottleneck):
        super().__init__()
        for parameter in base.parameters():
            parameter.requires_grad = False
        for module in base.modules():
            module.training = False
        self.base = base
        self.adapter = BottleneckAdapter(dim, bottleneck)

    def forward(self, *args, **kwargs):
        return self.adapter(self.base(*args, **kwargs))

    def train(self, mode=True):
        self.training = mode
        self.adapter.train(mode)
        return self

    def adapter_state_dict(self):
        return {name: torch.clone(value) for name, value in self.adapter.state_dict().items()}

    def load_adapter_state_dict(self, state):
        mine = self.adapter.state_dict()
        if set(mine) ^ set(state):
            raise ValueError("names")
        if any(mine[name].shape != state[name].shape for name in mine):
            raise ValueError("shapes")
        for name in mine:
            mine[name].copy_(state[name])
