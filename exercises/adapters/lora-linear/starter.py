import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        """Freeze base and add lora_A (rank, in) and lora_B (out, rank)."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        raise NotImplementedError

    def merge(self) -> nn.Linear:
        """A new plain layer that computes the same."""
        raise NotImplementedError
