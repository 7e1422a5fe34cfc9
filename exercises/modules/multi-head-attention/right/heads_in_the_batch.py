# style: heads folded into the batch dimension, mask repeated for them
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        if d_model % heads > 0:
            raise ValueError("not divisible")
        self.n_head = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, context=None, mask=None):
        c = context if context is not None else x
        (b, n, d), m, h = x.shape, c.shape[1], self.n_head

        def fold(t):
            return t.reshape(b, -1, h, d // h).permute(0, 2, 1, 3).reshape(b * h, -1, d // h)

        q, k, v = fold(self.q_proj(x)), fold(self.k_proj(c)), fold(self.v_proj(c))
        scores = torch.baddbmm(torch.zeros(b * h, n, m, dtype=q.dtype), q, k.mT, alpha=(d // h) ** -0.5)
        if mask is not None:
            mask = mask.expand(b, n, m).repeat_interleave(h, dim=0)
            scores = scores.masked_fill(~mask, float("-inf"))
        w = scores.softmax(-1)
        if mask is not None:
            w = w.masked_fill(~mask, 0)
        return self.out_proj((w @ v).view(b, h, n, -1).permute(0, 2, 1, 3).reshape(b, n, d))
