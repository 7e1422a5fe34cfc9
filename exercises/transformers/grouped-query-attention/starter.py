import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model: int, heads: int, kv_heads: int) -> None:
        """q_proj, out_proj: d_model to d_model; k_proj, v_proj: d_model to kv_heads * dh; none has a bias."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, L, d_model); mask: bool, (L, L) or (B, L, L), True where allowed. Returns (B, L, d_model)."""
        raise NotImplementedError


def group_heads(weight: torch.Tensor, heads: int, kv_heads: int) -> torch.Tensor:
    """The mean weight of each group of heads.

    weight: (heads * dh, ...). Returns (kv_heads * dh, ...).
    """
    raise NotImplementedError
