# style: attention written by hand under the same parameter names
import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, d_model, heads, p):
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * d_model, d_model))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * d_model))
        self.out_proj = nn.Linear(d_model, d_model)
        self.drop = nn.Dropout(p)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, x, keep):
        qkv = x @ self.in_proj_weight.t() + self.in_proj_bias
        q, k, v = qkv.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(q.shape[-1])
        if keep is not None:
            scores = scores.masked_fill(~keep[:, None, None, :], -math.inf)
        out = self.drop(scores.softmax(-1)) @ v
        return self.out_proj(out.transpose(1, 2).flatten(2))


class EncoderBlock(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.1, norm_first=True):
        super().__init__()
        self.norm_first = norm_first
        self.self_attn = Attention(d_model, heads, dropout)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.act, self.d1, self.d2, self.d3 = nn.GELU(), *(nn.Dropout(dropout) for _ in range(3))

    def forward(self, x, keep=None):
        if keep is not None and (keep.ndim != 2 or keep.size(0) != x.size(0) or keep.size(1) != x.size(1)):
            raise ValueError("keep")
        branches = (
            (self.norm1, lambda t: self.d1(self.self_attn(t, keep))),
            (self.norm2, lambda t: self.d3(self.linear2(self.d2(self.act(self.linear1(t)))))),
        )
        for norm, branch in branches:
            x = x + branch(norm(x)) if self.norm_first else norm(x + branch(x))
        return x
