# style: lets query head i use key head i modulo kv_heads
# verdict: wrong_answer
# caught by: test_neighbouring_heads_share_their_keys
import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, kv_heads: int) -> None:
        super().__init__()
        if d_model % heads:
            raise ValueError(f"{heads} heads do not divide a width of {d_model}")
        if heads % kv_heads:
            raise ValueError(f"{heads} query heads cannot share {kv_heads} heads of keys evenly")
        self.kv_heads = kv_heads
        self.group = heads // kv_heads
        narrow = d_model // self.group
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, narrow, bias=False)
        self.v_proj = nn.Linear(d_model, narrow, bias=False)
        self.out_proj = nn.Linear(d_model, d_model, bias=False)

    def _split(self, x: torch.Tensor, group: int) -> torch.Tensor:
        return x.unflatten(-1, (group, self.kv_heads, -1)).permute(0, 3, 2, 1, 4)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        q = self._split(self.q_proj(x), self.group)
        k = self._split(self.k_proj(x), 1)
        v = self._split(self.v_proj(x), 1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if mask is not None:
            blocked = ~mask[..., None, None, :, :]
            scores = scores.masked_fill(blocked, float("-inf"))
        weights = scores.softmax(dim=-1)
        if mask is not None:
            weights = weights.masked_fill(blocked, 0.0)
        out = weights @ v
        out = out.permute(0, 3, 2, 1, 4).flatten(2)
        return self.out_proj(out)


def group_heads(weight: torch.Tensor, heads: int, kv_heads: int) -> torch.Tensor:
    if weight.shape[0] % heads or heads % kv_heads:
        raise ValueError(f"{weight.shape[0]} rows, {heads} heads and {kv_heads} groups do not divide evenly")
    parts = weight.unflatten(0, (kv_heads, heads // kv_heads, -1))
    return parts.mean(dim=1).flatten(0, 1)
