# style: starts both matrices at zero
# verdict: wrong_answer
# caught by: test_first_matrix_is_random
import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"the rank must be at least 1, not {rank}")
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        out_features, in_features = base.weight.shape
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.zeros(rank, in_features, **like))  # (rank, in)
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, **like))  # (out, rank)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in). Returns (..., out)."""
        low = x @ self.lora_A.T  # (..., rank)
        update = low @ self.lora_B.T  # (..., out)
        return self.base(x) + self.scale * update  # (..., out)

    @torch.no_grad()
    def merge(self) -> nn.Linear:
        """A new plain layer that computes the same."""
        base = self.base
        merged = nn.Linear(
            base.in_features,
            base.out_features,
            bias=base.bias is not None,
            dtype=base.weight.dtype,
            device=base.weight.device,
        )
        merged.weight.copy_(base.weight + self.scale * self.lora_B @ self.lora_A)  # (out, in)
        if base.bias is not None:
            merged.bias.copy_(base.bias)  # (out,)
        return merged
