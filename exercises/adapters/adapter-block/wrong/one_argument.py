# style: takes a single input
# verdict: runtime_error
# caught by: test_all_arguments_reach_the_base
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
        super().__init__()
        self.base = base.requires_grad_(False)
        self.adapter = BottleneckAdapter(dim, bottleneck)
        self.base.eval()

    def forward(self, x) -> torch.Tensor:
        """Arguments of the base. Returns (..., dim)."""
        frozen = self.base(x)  # (..., dim)  no no_grad: the input may need its gradient
        return self.adapter(frozen)  # (..., dim)

    def train(self, mode: bool = True) -> "AdapterBlock":
        """The block and its adapter switch, the base stays in evaluation mode. Returns the block."""
        super().train(mode)
        self.base.eval()
        return self

    def adapter_state_dict(self) -> dict[str, torch.Tensor]:
        """Copies of down.weight, down.bias, up.weight, up.bias."""
        return {name: value.detach().clone() for name, value in self.adapter.named_parameters()}

    def load_adapter_state_dict(self, state: dict[str, torch.Tensor]) -> None:
        """Copies such a dict into the adapter, or raises a ValueError and changes nothing."""
        due = dict(self.adapter.named_parameters())
        if state.keys() != due.keys():
            raise ValueError(f"expected the entries {sorted(due)}, not {sorted(state)}")
        for name, value in state.items():
            if value.shape != due[name].shape:
                raise ValueError(f"{name} has the shape {tuple(value.shape)}, expected {tuple(due[name].shape)}")
        self.adapter.load_state_dict(state)
