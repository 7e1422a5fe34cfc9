# style: asks `if cache`, which is False as long as len(cache) is 0
# verdict: wrong_answer
# caught by: test_pieces_give_what_the_whole_gives
from __future__ import annotations

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
        self.keys = torch.empty(batch, heads, max_length, d, dtype=dtype, device=device)
        self.values = torch.empty_like(self.keys)
        self.length = 0

    def __len__(self) -> int:
        return self.length

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        batch, heads, room, d = self.keys.shape
        fitting = (batch, heads, k.shape[-2], d)
        if k.shape != fitting or v.shape != fitting:
            raise ValueError(
                f"k {tuple(k.shape)} and v {tuple(v.shape)} do not fit a cache of {tuple(self.keys.shape)}"
            )
        end = self.length + k.shape[-2]
        if end > room:
            raise ValueError(f"{end} positions in a cache for {room}")
        self.keys[:, :, self.length : end] = k.detach()
        self.values[:, :, self.length : end] = v.detach()
        self.length = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def truncate(self, length: int) -> None:
        if not 0 <= length <= self.length:
            raise ValueError(f"{length} positions of {self.length}")
        self.length = length


class CachedAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, d_model, bias=False)
        self.v_proj = nn.Linear(d_model, d_model, bias=False)
        self.out_proj = nn.Linear(d_model, d_model, bias=False)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        q = self._split(self.q_proj(x))
        k = self._split(self.k_proj(x))
        v = self._split(self.v_proj(x))
        if cache:
            k, v = cache.append(k, v)
        position = torch.arange(k.shape[-2], device=x.device)
        allowed = position <= position[-x.shape[1] :, None]
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(~allowed, float("-inf")).softmax(dim=-1)
        out = (weights @ v).transpose(1, 2).flatten(2)
        return self.out_proj(out)
