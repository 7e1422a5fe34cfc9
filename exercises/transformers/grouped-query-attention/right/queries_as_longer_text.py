# style: folds the group into the length of the queries, so that keys are never repeated
import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, heads, kv_heads):
        if d_model % heads or heads % kv_heads:
            raise ValueError("sizes")
        super().__init__()
        self.n = (heads, kv_heads, heads // kv_heads, d_model // heads)
        for name, width in zip("qkv", (heads, kv_heads, kv_heads)):
            self.add_module(f"{name}_proj", nn.Linear(d_model, width * self.n[3], bias=False))
        self.out_proj = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, mask=None):
        heads, kv, g, dh = self.n
        b, length, _ = x.shape
        q = self.q_proj(x).view(b, length, kv, g, dh).permute(0, 2, 3, 1, 4).reshape(b, kv, g * length, dh)
        k = self.k_proj(x).view(b, length, kv, dh).permute(0, 2, 3, 1)
        v = self.v_proj(x).view(b, length, kv, dh).permute(0, 2, 1, 3)
        scores = (q @ k).view(b, kv, g, length, length) / dh**0.5
        if mask is None:
            mask = torch.ones(1, 1, dtype=torch.bool, device=x.device)
        allowed = mask.expand(b, length, length).view(b, 1, 1, length, length)
        nothing = ~allowed.any(-1, keepdim=True)
        weights = scores.masked_fill(~allowed, -torch.inf).masked_fill(nothing, 0).softmax(-1) * ~nothing
        out = weights.view(b, kv, g * length, length) @ v
        return self.out_proj(out.view(b, kv, g, length, dh).permute(0, 3, 1, 2, 4).reshape(b, length, -1))


def group_heads(weight, heads, kv_heads):
    if len(weight) % heads or heads % kv_heads:
        raise ValueError("uneven")
    averaging = torch.block_diag(*[torch.full((1, heads // kv_heads), kv_heads / heads)] * kv_heads).to(weight)
    flat = weight.reshape(heads, -1)
    return (averaging @ flat).reshape(-1, *weight.shape[1:])
