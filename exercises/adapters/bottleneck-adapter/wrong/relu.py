# style: ReLU for GELU
# verdict: wrong_answer
# caught by: test_branch_is_added
import torch
import torch.nn.functional as F
from torch import nn


class BottleneckAdapter(nn.Module):
    """x + scale * up(GELU(down(x)))"""

    def __init__(self, dim: int, bottleneck: int, scale: float = 1.0, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        if bottleneck < 1:
            raise ValueError(f"the bottleneck must be at least 1, not {bottleneck}")
        self.scale = scale
        self.down = nn.Linear(dim, bottleneck, dtype=dtype)
        self.up = nn.Linear(bottleneck, dim, dtype=dtype)
        nn.init.normal_(self.down.weight, std=dim**-0.5)
        nn.init.zeros_(self.down.bias)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        if x.shape[-1] != self.down.in_features:
            raise ValueError(f"expected a last dimension of {self.down.in_features}, not {x.shape[-1]}")
        inner = F.relu(self.down(x))  # (..., bottleneck)
        return x + self.scale * self.up(inner)  # (..., dim)
