# style: uses ReLU in the feed-forward layer
# verdict: wrong_answer
# caught by: test_norm_before_each_branch
import torch
import torch.nn.functional as F
from torch import nn


class EncoderBlock(nn.Module):
    def __init__(
        self,
        d_model: int,
        heads: int,
        d_ff: int,
        dropout: float = 0.1,
        norm_first: bool = True,
    ) -> None:
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = nn.MultiheadAttention(d_model, heads, dropout=dropout, batch_first=True)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def _attend(self, x: torch.Tensor, keep: torch.Tensor | None) -> torch.Tensor:
        padding = None if keep is None else ~keep
        out, _ = self.self_attn(x, x, x, key_padding_mask=padding, need_weights=False)
        return self.dropout(out)

    def _feed_forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.dropout(F.relu(self.linear1(x)))
        return self.dropout(self.linear2(hidden))

    def forward(self, x: torch.Tensor, keep: torch.Tensor | None = None) -> torch.Tensor:
        if keep is not None and keep.shape != x.shape[:2]:
            raise ValueError(f"keep has the shape {tuple(keep.shape)}, not {tuple(x.shape[:2])}")
        if self.norm_first:
            x = x + self._attend(self.norm1(x), keep)
            return x + self._feed_forward(self.norm2(x))
        x = self.norm1(x + self._attend(x, keep))
        return self.norm2(x + self._feed_forward(x))
