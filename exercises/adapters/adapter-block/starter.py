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
    """adapter(base(...)), with the base frozen in every respect."""

    def __init__(self, base: nn.Module, dim: int, bottleneck: int) -> None:
        """base: kept as it is and frozen; adapter: BottleneckAdapter(dim, bottleneck)."""
        super().__init__()
        raise NotImplementedError

    def forward(self, *args, **kwargs) -> torch.Tensor:
        """Arguments of the base. Returns (..., dim)."""
        raise NotImplementedError

    def train(self, mode: bool = True) -> "AdapterBlock":
        """The block and its adapter switch, the base stays in evaluation mode. Returns the block."""
        raise NotImplementedError

    def adapter_state_dict(self) -> dict[str, torch.Tensor]:
        """Copies of down.weight, down.bias, up.weight, up.bias."""
        raise NotImplementedError

    def load_adapter_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Copies such a dict into the adapter, or raises a ValueError and changes nothing."""
        raise NotImplementedError
