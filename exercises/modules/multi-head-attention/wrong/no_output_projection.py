# style: registers out_proj but returns the joined heads
# verdict: wrong_answer
# caught by: test_one_head_is_plain_attention
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        if d_model % heads:
            raise ValueError("heads")
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, context=None, mask=None):
        c = x if context is None else context

        def split(t):
            return t.unflatten(-1, (self.heads, -1)).transpose(1, 2)

        q, k, v = split(self.q_proj(x)), split(self.k_proj(c)), split(self.v_proj(c))
        s = q @ k.mT / q.shape[-1] ** 0.5
        if mask is not None:
            s = s.masked_fill(~mask.unsqueeze(-3), -torch.inf)
        return (s.softmax(-1).nan_to_num() @ v).transpose(1, 2).flatten(2)
