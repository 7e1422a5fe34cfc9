# style: hands the work to the built-in attention
# verdict: forbidden
# caught by: test_with_as_many_heads_it_is_multi_head_attention
import torch
import torch.nn.functional as F
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
        q, k, v = (
            p(x).unflatten(-1, (n, -1)).transpose(1, 2)
            for p, n in ((self.q_proj, self.heads), (self.k_proj, self.kv_heads), (self.v_proj, self.kv_heads))
        )
        mask = None if mask is None else mask.unsqueeze(-3)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
        return self.out_proj(out.transpose(1, 2).flatten(2))


def group_heads(weight, heads, kv_heads):
    if weight.shape[0] % heads or heads % kv_heads:
        raise ValueError
    return weight.unflatten(0, (kv_heads, heads // kv_heads, -1)).mean(1).flatten(0, 1)
