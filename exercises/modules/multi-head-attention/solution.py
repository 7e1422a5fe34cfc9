import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        """Layers q_proj, k_proj, v_proj and out_proj, each nn.Linear(d_model, d_model)."""
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide a width of {d_model}")
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """(B, L, d_model) to (B, heads, L, dh)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

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
        if context is None:
            context = x
        q = self._split(self.q_proj(x))  # (B, heads, Lq, dh)
        k = self._split(self.k_proj(context))  # (B, heads, Lk, dh)
        v = self._split(self.v_proj(context))  # (B, heads, Lk, dh)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, heads, Lq, Lk)
        if mask is not None:
            mask = mask.unsqueeze(-3)  # (1, Lq, Lk) or (B, 1, Lq, Lk)
            scores = scores.masked_fill(~mask, float("-inf"))  # (B, heads, Lq, Lk)
        weights = scores.softmax(dim=-1)  # (B, heads, Lq, Lk)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0.0)  # (B, heads, Lq, Lk)  NaN rows become 0
        out = weights @ v  # (B, heads, Lq, dh)
        out = out.transpose(1, 2).flatten(2)  # (B, Lq, d_model)
        return self.out_proj(out)  # (B, Lq, d_model)
