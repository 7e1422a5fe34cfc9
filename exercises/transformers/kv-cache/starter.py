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
        """Room for max_length positions."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many positions are stored."""
        raise NotImplementedError

    def append(self, k: torch.Tensor, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """k, v: (B, H, n, d). Returns keys and values of all positions so far, (B, H, len, d) each."""
        raise NotImplementedError

    def truncate(self, length: int) -> None:
        """Keep the first `length` positions."""
        raise NotImplementedError


class CachedAttention(nn.Module):
    def __init__(self, d_model: int, heads: int) -> None:
        """Layers q_proj, k_proj, v_proj and out_proj, each nn.Linear(d_model, d_model, bias=False)."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, cache: KVCache | None = None) -> torch.Tensor:
        """x: (B, n, d_model), the newest tokens. Returns (B, n, d_model)."""
        raise NotImplementedError
