# style: one query head after another
import math

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, kv_heads):
        super().__init__()
        if d_model % heads or heads % kv_heads:
            raise ValueError
        self.heads, self.kv_heads = heads, kv_heads
        dh = d_model // heads
        self.q_proj = nn.Linear(d_model, d_model, bias=False)
        self.k_proj = nn.Linear(d_model, dh * kv_heads, bias=False)
        self.v_proj = nn.Linear(d_model, dh * kv_heads, bias=False)
        self.out_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, mask=None):
        qs = self.q_proj(x).chunk(self.heads, -1)
        ks, vs = self.k_proj(x).chunk(self.kv_heads, -1), self.v_proj(x).chunk(self.kv_heads, -1)
        outs = []
        for i, q in enumerate(qs):
            j = i * self.kv_heads // self.heads
            scores = torch.einsum("bid,bjd->bij", q, ks[j]) / math.sqrt(q.shape[-1])
            if mask is not None:
                scores = scores.masked_fill(~mask, float("-inf"))
            weights = torch.softmax(scores, -1)
            if mask is not None:
                weights = weights.masked_fill(~mask, 0)
            outs.append(weights @ vs[j])
        return self.out_proj(torch.cat(outs, -1))


def group_heads(weight, heads, kv_heads):
    if weight.shape[0] % heads or heads % kv_heads:
        raise ValueError
    pieces = torch.stack(weight.chunk(heads))
    return torch.cat([part.mean(0) for part in pieces.chunk(kv_heads)])
