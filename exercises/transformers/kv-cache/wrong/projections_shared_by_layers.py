# style: makes the projections once per width, so all layers of a model share them
# verdict: wrong_answer
# caught by: test_four_projections_without_bias
from __future__ import annotations

import functools
import math

import torch
from torch import nn


class KVCache:
    def __init__(
        self,
        batch: int,
        heads: int,
        max_length: int,
        d: int,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str | None = None,
    ) -> None:
        """Room for max_length positions."""
        self.keys = torch.empty(batch, heads, max_length, d, dtype=dtype, device=device)  # (B, H, max, d)
        self.values = torch.empty_like(self.keys)  # (B, H, max, d)
        self.length = 0

    def __len__(self) -> int:
        """How many positions are stored."""
        return self.length

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """k, v: (B, H, n, d). Returns keys and values of all positions so far, (B, H, len, d) each."""
        batch, heads, room, d = self.keys.shape
        fitting = (batch, heads, k.shape[-2], d)
        if k.shape != fitting or v.shape != fitting:
            raise ValueError(
                f"k {tuple(k.shape)} and v {tuple(v.shape)} do not fit a cache of {tuple(self.keys.shape)}"
            )
        end = self.length + k.shape[-2]
        if end > room:
            raise ValueError(f"{end} positions in a cache for {room}")
        self.keys[:, :, self.length : end] = k.detach()  # (B, H, n, d)
        self.values[:, :, self.length : end] = v.detach()  # (B, H, n, d)
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]  # (B, H, len, d) each, views

    def truncate(self, length: int) -> None:
        """Keep the first `length` positions."""
        if not 0 <= length <= self.length:
            raise ValueError(f"{length} positions of {self.length}")
        self.length = length


@functools.cache
def projection(name: str, d_model: int) -> nn.Linear:
    return nn.Linear(d_model, d_model, bias=False)


class CachedAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        """Layers q_proj, k_proj, v_proj and out_proj, each nn.Linear(d_model, d_model, bias=False)."""
        super().__init__()
        self.heads = heads
        self.q_proj = projection("q", d_model)
        self.k_proj = projection("k", d_model)
        self.v_proj = projection("v", d_model)
        self.out_proj = projection("out", d_model)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """(B, n, d_model) to (B, H, n, dh)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        """x: (B, n, d_model), the newest tokens. Returns (B, n, d_model)."""
        q = self._split(self.q_proj(x))  # (B, H, n, dh)
        k = self._split(self.k_proj(x))  # (B, H, n, dh)
        v = self._split(self.v_proj(x))  # (B, H, n, dh)
        if cache is not None:
            k, v = cache.append(k, v)  # (B, H, len, dh) each
        position = torch.arange(k.shape[-2], device=x.device)  # (len,)
        allowed = position <= position[-x.shape[1] :, None]  # (n, len)  the new tokens are the last ones
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, n, len)
        weights = scores.masked_fill(~allowed, float("-inf")).softmax(dim=-1)  # (B, H, n, len)
        out = (weights @ v).transpose(1, 2).flatten(2)  # (B, n, d_model)
        return self.out_proj(out)  # (B, n, d_model)
