import torch
from torch import nn


class LoRALinear(nn.Module):
    """base(x) + alpha / rank * x A^T B^T. Ready to use."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"the rank must be at least 1, not {rank}")
        self.base = base
        self.scale = alpha / rank
        out_features, in_features = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, in_features, **like) * in_features**-0.5)  # (rank, in)
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, **like))  # (out, rank)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        return self.base(x) + self.scale * (x @ self.lora_A.T) @ self.lora_B.T  # (..., out)


def inject_lora(model: nn.Module, rank: int, alpha: float, targets: list[str] | None = None) -> list[str]:
    """Replaces linear layers of the model in place, freezes the rest, and returns the names of the places."""
    raise NotImplementedError
