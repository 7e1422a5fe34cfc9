# style: a loop over slices of the features, one plain attention each
import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, heads):
        super().__init__()
        if d_model % heads != 0:
            raise ValueError("heads")
        self.width, self.count = d_model // heads, heads
        for name in ("q", "k", "v", "out"):
            setattr(self, name + "_proj", nn.Linear(d_model, d_model))

    def forward(self, x, context=None, mask=None):
        context = x if context is None else context
        q, k, v = self.q_proj(x), self.k_proj(context), self.v_proj(context)
        outs = []
        for i in range(self.count):
            part = slice(i * self.width, (i + 1) * self.width)
            s = torch.bmm(q[:, :, part], k[:, :, part].transpose(1, 2)) * self.width**-0.5
            if mask is not None:
                s = torch.where(mask, s, -torch.inf)
            outs.append(s.softmax(2).nan_to_num() @ v[:, :, part])
        return self.out_proj(torch.cat(outs, 2))
