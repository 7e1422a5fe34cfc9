from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def hidden_width(dim: int, multiple_of: int = 64) -> int:
    """The smallest multiple of `multiple_of` that is at least 8 dim / 3."""
    raise NotImplementedError


class SwiGLU(nn.Module):
    def __init__(self, dim: int, hidden: int | None = None) -> None:
        """gate_proj, up_proj: dim to hidden; down_proj: hidden to dim; none has a bias."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns (..., dim)."""
        raise NotImplementedError

    @classmethod
    def from_packed(cls, gate_up: torch.Tensor, down: torch.Tensor) -> SwiGLU:
        """gate_up: (2 hidden, dim), gate above up; down: (dim, hidden). Returns a layer with copies of them."""
        raise NotImplementedError
