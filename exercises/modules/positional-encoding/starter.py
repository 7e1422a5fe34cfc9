import torch
from torch import nn


def sinusoidal_table(length: int, d_model: int) -> torch.Tensor:
    """Sines in even columns, cosines in odd ones. Returns float32 (length, d_model)."""
    raise NotImplementedError


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1, max_length: int = 512) -> None:
        """Holds a table for max_length positions; it is neither learned nor saved."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, offset: int = 0) -> torch.Tensor:
        """x: (B, L, d_model), the first token at position `offset`. Returns (B, L, d_model)."""
        raise NotImplementedError
