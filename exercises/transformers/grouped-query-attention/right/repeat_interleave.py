# style: repeats keys and values for every query head
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, kv_heads):
        super().__init__()
        if d_model % heads != 0 or heads % kv_heads != 0:
            raise ValueError("heads")
        self.heads, self.kv_heads, self.dh = heads, kv_heads, d_model // heads
        self.q_proj = nn.Linear(d_model, heads * self.dh, bias=False)
        self.k_proj = nn.Linear(d_model, kv_heads * self.dh, bias=False)
        self.v_proj = nn.Linear(d_model, kv_heads * self.dh, bias=False)
        self.out_proj = nn.Linear(heads * self.dh, d_model, bias=False)

    def forward(self, x, mask=None):
        b, n, _ = x.shape
        q = self.q_proj(x).view(b, n, self.heads, self.dh).transpose(1, 2)
        k = self.k_proj(x).view(b, n, self.kv_heads, self.dh).transpose(1, 2)
        v = self.v_proj(x).view(b, n, self.kv_heads, self.dh).transpose(1, 2)
        times = self.heads // self.kv_heads
        k, v = k.repeat_interleave(times, dim=1), v.repeat_interleave(times, dim=1)
        scores = torch.matmul(q, k.mT) * self.dh**-0.5
        if mask is not None:
            if mask.dim() == 3:
                mask = mask[:, None]
            scores = torch.where(mask, scores, -torch.inf)
        p = torch.softmax(scores, dim=-1)
        if mask is not None:
            p = torch.where(mask, p, torch.zeros_like(p))
        return self.out_proj((p @ v).transpose(1, 2).reshape(b, n, -1))


def group_heads(weight, heads, kv_heads):
    rows = weight.size(0)
    if rows % heads or heads % kv_heads:
        raise ValueError("rows")
    dh, g = rows // heads, heads // kv_heads
    new = weight.new_zeros((kv_heads * dh, *weight.shape[1:]))
    for i in range(heads):
        new[i // g * dh : (i // g + 1) * dh] += weight[i * dh : (i + 1) * dh] / g
    return new
