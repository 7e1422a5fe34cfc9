import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, kv_heads: int) -> None:
        """q_proj, out_proj: d_model to d_model; k_proj, v_proj: d_model to kv_heads * dh; none has a bias."""
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide a width of {d_model}")
        if heads % kv_heads:
            raise ValueError(f"{heads} query heads cannot share {kv_heads} heads of keys evenly")
        self.kv_heads = kv_heads
        self.group = heads // kv_heads
        narrow = d_model // self.group  # kv_heads * dh
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, narrow, bias=False)
        self.v_proj = nn.Linear(d_model, narrow, bias=False)
        self.out_proj = nn.Linear(d_model, d_model, bias=False)

    def _split(self, x: torch.Tensor, group: int) -> torch.Tensor:
        """(B, L, kv_heads * group * dh) to (B, kv_heads, group, L, dh)."""
        return x.unflatten(-1, (self.kv_heads, group, -1)).permute(0, 2, 3, 1, 4)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, L, d_model); mask: bool, (L, L) or (B, L, L), True where allowed. Returns (B, L, d_model)."""
        q = self._split(self.q_proj(x), self.group)  # (B, kv, g, L, dh)
        k = self._split(self.k_proj(x), 1)  # (B, kv, 1, L, dh)
        v = self._split(self.v_proj(x), 1)  # (B, kv, 1, L, dh)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, kv, g, L, L)
        if mask is not None:
            blocked = ~mask[..., None, None, :, :]  # (1, 1, L, L) or (B, 1, 1, L, L)
            scores = scores.masked_fill(blocked, float("-inf"))  # (B, kv, g, L, L)
        weights = scores.softmax(dim=-1)  # (B, kv, g, L, L)
        if mask is not None:
            weights = weights.masked_fill(blocked, 0.0)  # (B, kv, g, L, L)  NaN rows become 0
        out = weights @ v  # (B, kv, g, L, dh)
        out = out.permute(0, 3, 1, 2, 4).flatten(2)  # (B, L, d_model)
        return self.out_proj(out)  # (B, L, d_model)


def group_heads(weight: torch.Tensor, heads: int, kv_heads: int) -> torch.Tensor:
    """The mean weight of each group of heads.

    weight: (heads * dh, ...). Returns (kv_heads * dh, ...).
    """
    if weight.shape[0] % heads or heads % kv_heads:
        raise ValueError(f"{weight.shape[0]} rows, {heads} heads and {kv_heads} groups do not divide evenly")
    parts = weight.unflatten(0, (kv_heads, heads // kv_heads, -1))  # (kv, g, dh, ...)
    return parts.mean(dim=1).flatten(0, 1)  # (kv * dh, ...)
