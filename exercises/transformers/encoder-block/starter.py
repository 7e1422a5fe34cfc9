import torch
import torch.nn.functional as F
from torch import nn


class EncoderBlock(nn.Module):
    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        dropout: float = 0.1,
        norm_first: bool = True,
    ) -> None:
        """Parts: self_attn, linear1, linear2, norm1, norm2."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, keep: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, L, d_model); keep: bool (B, L), False at padding. Returns (B, L, d_model)."""
        raise NotImplementedError
