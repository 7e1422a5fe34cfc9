# style: keys and values in one tensor, written with narrow and copy_, built-in attention
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self, batch, heads, max_length, d, dtype=torch.float32, device=None):
        self.store = torch.empty((2, batch, heads, max_length, d), dtype=dtype, device=device)
        self.used = 0

    def __len__(self):
        return self.used

    @torch.no_grad()
    def append(self, k, v):
        _, b, h, top, d = self.store.shape
        if k.shape != v.shape or k.ndim != 4 or (k.size(0), k.size(1), k.size(3)) != (b, h, d):
            raise ValueError("shapes")
        n = k.size(2)
        if n > top - self.used:
            raise ValueError("full")
        for side, new in zip(self.store, (k, v)):
            side.narrow(2, self.used, n).copy_(new)
        self.used += n
        keys, values = self.store.narrow(3, 0, self.used)
        return keys, values

    def truncate(self, length):
        if length < 0 or length > self.used:
            raise ValueError("length")
        self.used = length


class CachedAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.h = heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model, bias=False))

    def forward(self, x, cache=None):
        b, n, d = x.shape
        q, k, v = (
            p(x).view(b, n, self.h, d // self.h).permute(0, 2, 1, 3) for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        total = k.size(2)
        mask = torch.ones(n, total, dtype=torch.bool, device=x.device).tril(total - n)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out_proj(out.permute(0, 2, 1, 3).reshape(b, n, d))
