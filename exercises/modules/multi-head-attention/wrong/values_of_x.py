# style: takes the values from x where the shapes agree
# verdict: wrong_answer
# caught by: test_keys_and_values_come_from_the_context
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        if d_model % heads:
            raise ValueError("heads")
        self.h = heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x, context=None, mask=None):
        c = x if context is None else context
        b, lq, d = x.shape
        lk = c.shape[1]
        q = self.q_proj(x).reshape(b, lq, self.h, d // self.h).transpose(1, 2)
        k = self.k_proj(c).reshape(b, lk, self.h, d // self.h).transpose(1, 2)
        v = self.v_proj(c if c.shape != x.shape else x).reshape(b, lk, self.h, d // self.h).transpose(1, 2)
        s = q @ k.transpose(-1, -2) / (d // self.h) ** 0.5
        if mask is not None:
            if mask.dim() == 3:
                mask = mask[:, None]
            s = s.masked_fill(~mask, -torch.inf)
            w = torch.softmax(s.masked_fill(~mask.any(-1, keepdim=True), 0.0), -1)
            w = w.masked_fill(~mask, 0.0)
        else:
            w = s.softmax(-1)
        return self.out_proj((w @ v).transpose(1, 2).reshape(b, lq, d))
