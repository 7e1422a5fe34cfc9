# style: joins a store of the full length anew at each append
# verdict: wrong_answer
# caught by: test_append_copies_nothing_old
import torch
import torch.nn.functional as F
from torch import nn


class KVCache:
    def __init__(self, batch, heads, max_length, d, dtype=torch.float32, device=None):
        self.store = torch.zeros(2, batch, heads, max_length, d, dtype=dtype, device=device)
        self.n = 0

    def __len__(self):
        return self.n

    def append(self, k, v):
        _, b, h, m, d = self.store.shape
        if (
            k.shape != v.shape
            or k.dim() != 4
            or (k.shape[0], k.shape[1], k.shape[3]) != (b, h, d)
            or self.n + k.shape[2] > m
        ):
            raise ValueError("shape")
        end = self.n + k.shape[2]
        self.store = torch.cat(
            [self.store[:, :, :, : self.n], torch.stack([k, v]).detach(), self.store[:, :, :, end:]], 3
        )
        self.n = end
        return self.store[0, :, :, :end], self.store[1, :, :, :end]

    def truncate(self, length):
        if not 0 <= length <= self.n:
            raise ValueError("length")
        self.n = length


class CachedAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.h = heads
        for n in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(n, nn.Linear(d_model, d_model, bias=False))

    def forward(self, x, cache=None):
        b, n, d = x.shape
        q, k, v = (
            p(x).view(b, n, self.h, d // self.h).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = cache.append(k, v)
        m = torch.ones(n, k.shape[2], dtype=torch.bool).tril(k.shape[2] - n)
        y = F.scaled_dot_product_attention(q, k, v, m)
        return self.out_proj(y.transpose(1, 2).reshape(b, n, d))
