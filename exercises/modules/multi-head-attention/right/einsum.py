# style: einsum over views, no transpose at all; the mask given a head dimension by einsum order b q k h
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        if d_model // heads * heads != d_model:
            raise ValueError(f"{d_model} / {heads}")
        super().__init__()
        self.out_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.h = heads

    def forward(self, x, context=None, mask=None):
        if context is None:
            context = x
        q = self.q_proj(x).unflatten(2, (self.h, -1))
        k = self.k_proj(context).unflatten(2, (self.h, -1))
        v = self.v_proj(context).unflatten(2, (self.h, -1))
        s = torch.einsum("bqhd,bkhd->bqkh", q, k) / q.shape[-1] ** 0.5
        if mask is not None:
            s = s.masked_fill(mask.logical_not()[..., None], -torch.inf)
        w = s.softmax(2)
        if mask is not None:
            w = torch.where(mask[..., None], w, 0.0)
        return self.out_proj(torch.einsum("bqkh,bkhd->bqhd", w, v).flatten(-2))
