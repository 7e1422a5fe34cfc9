# style: drops hidden units instead of the branch's result
# verdict: wrong_answer
# caught by: test_dropout_acts_on_the_branch_in_training
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
        nn.init.zeros_(self.fc2.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        if x.shape[-1] != self.fc1.in_features:
            raise ValueError(f"expected a last dimension of {self.fc1.in_features}, not {x.shape[-1]}")
        inner = F.relu(self.fc1(self.norm(x)))  # (..., hidden)
        branch = self.fc2(self.drop(inner))  # (..., dim)
        return x + branch  # (..., dim)  x as it came, not normed
