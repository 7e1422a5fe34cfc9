import copy

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    """base(x) + alpha / rank * x A^T B^T. Ready to use."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base
        self.scale = alpha / rank
        out_features, in_features = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, in_features, **like) * in_features**-0.5)  # (rank, in)
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, **like))  # (out, rank)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        return self.base(x) + self.scale * (x @ self.lora_A.T) @ self.lora_B.T  # (..., out)


class Adapted(nn.Module):
    """h + up(GELU(down(h))) with h = base(...). Ready to use."""

    def __init__(self, base: nn.Module, dim: int, bottleneck: int) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(dim, bottleneck)
        self.up = nn.Linear(bottleneck, dim)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, *args, **kwargs) -> torch.Tensor:
        """Arguments of the base. Returns (..., dim)."""
        h = self.base(*args, **kwargs)  # (..., dim)
        return h + self.up(F.gelu(self.down(h)))  # (..., dim)


def build_lora_adapter_model(
    base: nn.Module,
    lora_targets: list[str],
    adapter_targets: dict[str, int],
    rank: int,
    alpha: float,
    bottleneck: int,
) -> nn.Module:
    """A copy of the base, frozen, with LoRA layers and adapters attached."""
    raise NotImplementedError


def tuned_state_dict(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copies of all parameters that require gradients, by name."""
    raise NotImplementedError


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """(trainable, total), each parameter once."""
    raise NotImplementedError
