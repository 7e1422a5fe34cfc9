# style: stores positions in front, attends token by token
import torch
from torch import nn


class KVCache:
    def __init__(self, batch, heads, max_length, d, dtype=torch.float32, device=None):
        self.k = torch.zeros(max_length, batch, heads, d, dtype=dtype, device=device)
        self.v = torch.zeros(max_length, batch, heads, d, dtype=dtype, device=device)
        self.n = 0

    def __len__(self):
        return self.n

    def append(self, k, v):
        expected = list(self.k.shape[1:])
        for t in (k, v):
            if t.ndim != 4 or [t.shape[0], t.shape[1], t.shape[3]] != expected:
                raise ValueError("shape")
        if k.shape[2] != v.shape[2] or self.n + k.shape[2] > len(self.k):
            raise ValueError("length")
        for i in range(k.shape[2]):
            self.k[self.n + i].copy_(k[:, :, i].detach())
            self.v[self.n + i].copy_(v[:, :, i].detach())
        self.n += k.shape[2]
        return self.k[: self.n].permute(1, 2, 0, 3), self.v[: self.n].permute(1, 2, 0, 3)

    def truncate(self, length):
        if length not in range(self.n + 1):
            raise ValueError(length)
        self.n = length


class CachedAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        self.heads, self.width = heads, d_model // heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(d_model, d_model, bias=False) for _ in range(4)
        )

    def forward(self, x, cache=None):
        def cut(t):
            return torch.stack(t.split(self.width, dim=-1), dim=1)

        q, k, v = cut(self.q_proj(x)), cut(self.k_proj(x)), cut(self.v_proj(x))
        before = 0 if cache is None else len(cache)
        if cache is not None:
            k, v = cache.append(k, v)
        rows = []
        for i in range(x.shape[1]):
            seen = before + i + 1
            scores = torch.einsum("bhd,bhkd->bhk", q[:, :, i], k[:, :, :seen]) * self.width**-0.5
            rows.append(torch.einsum("bhk,bhkd->bhd", scores.softmax(-1), v[:, :, :seen]).flatten(1))
        return self.out_proj(torch.stack(rows, dim=1))
