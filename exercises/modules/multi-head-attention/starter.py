import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        """Layers q_proj, k_proj, v_proj and out_proj, each nn.Linear(d_model, d_model)."""
        super().__init__()
        raise NotImplementedError

    def forward(
        self,
        x: torch.Tensor,
        context: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Attention of x over context, or over x itself.

        x: (B, Lq, d_model); context: (B, Lk, d_model); mask: bool, (Lq, Lk) or (B, Lq, Lk), True where allowed.
        Returns (B, Lq, d_model).
        """
        raise NotImplementedError
