# style: sets the weight of fc2 to zero and forgets the bias
# verdict: wrong_answer
# caught by: test_a_fresh_block_is_the_identity
import torch
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    """x + Dropout(fc2(ReLU(fc1(norm(x)))))"""

    def __init__(self, dim: int, hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)
        self.drop = nn.Dropout(dropout)
        nn.init.zeros_(self.fc2.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        if x.shape[-1] != self.fc1.in_features:
            raise ValueError(f"expected a last dimension of {self.fc1.in_features}, not {x.shape[-1]}")
        inner = F.relu(self.fc1(self.norm(x)))  # (..., hidden)
        branch = self.drop(self.fc2(inner))  # (..., dim)
        return x + branch  # (..., dim)  x as it came, not normed
