# style: one straight forward with functional calls, separate dropout layers
import torch
import torch.nn.functional as F
from torch import nn


class EncoderBlock(nn.Module):
    def __init__(self, d_model, heads, d_ff, dropout=0.1, norm_first=True):
        super().__init__()
        self.p, self.pre = dropout, norm_first
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.linear1, self.linear2 = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.self_attn = nn.MultiheadAttention(d_model, heads, dropout)

    def forward(self, x, keep=None):
        blocked = None
        if keep is not None:
            if tuple(keep.shape) != (x.shape[0], x.shape[1]):
                raise ValueError("keep has to be (B, L)")
            blocked = keep.logical_not()
        y = self.norm1(x) if self.pre else x
        t = y.transpose(0, 1)
        a = self.self_attn(t, t, t, key_padding_mask=blocked)[0].transpose(0, 1)
        x = x + F.dropout(a, self.p, self.training)
        if not self.pre:
            x = self.norm1(x)
        y = self.norm2(x) if self.pre else x
        y = F.dropout(F.gelu(self.linear1(y)), self.p, self.training)
        x = x + F.dropout(self.linear2(y), self.p, self.training)
        return x if self.pre else self.norm2(x)
