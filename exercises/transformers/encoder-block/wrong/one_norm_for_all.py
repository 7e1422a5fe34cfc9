# style: makes the norms once per width, so all blocks of a model share them
# verdict: wrong_answer
# caught by: test_parts_are_registered
import functools

import torch
import torch.nn.functional as F
from torch import nn


@functools.cache
def norm(name: str, d_model: int) -> nn.LayerNorm:
    return nn.LayerNorm(d_model)


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
        self.norm_first = norm_first
        self.self_attn = nn.MultiheadAttention(d_model, heads, dropout=dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = norm("norm1", d_model)
        self.norm2 = norm("norm2", d_model)
        self.dropout = nn.Dropout(dropout)

    def _attend(self, x: torch.Tensor, keep: torch.Tensor | None) -> torch.Tensor:
        """x: (B, L, d_model). Returns (B, L, d_model)."""
        padding = None if keep is None else ~keep  # (B, L)  True is blocked there
        out, _ = self.self_attn(x, x, x, key_padding_mask=padding, need_weights=False)  # (B, L, d_model)
        return self.dropout(out)  # (B, L, d_model)

    def _feed_forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (B, L, d_model). Returns (B, L, d_model)."""
        hidden = self.dropout(F.gelu(self.linear1(x)))  # (B, L, d_ff)
        return self.dropout(self.linear2(hidden))  # (B, L, d_model)

    def forward(self, x: torch.Tensor, keep: torch.Tensor | None = None) -> torch.Tensor:
        """x: (B, L, d_model); keep: bool (B, L), False at padding. Returns (B, L, d_model)."""
        if keep is not None and keep.shape != x.shape[:2]:
            raise ValueError(f"keep has the shape {tuple(keep.shape)}, not {tuple(x.shape[:2])}")
        if self.norm_first:
            x = x + self._attend(self.norm1(x), keep)  # (B, L, d_model)
            return x + self._feed_forward(self.norm2(x))  # (B, L, d_model)
        x = self.norm1(x + self._attend(x, keep))  # (B, L, d_model)
        return self.norm2(x + self._feed_forward(x))  # (B, L, d_model)
