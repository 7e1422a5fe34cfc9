# style: computes the rows in each call, with phases in place of two slices
import math

import torch
from torch import nn


def rows(start, stop, d_model, device=None):
    k = torch.arange(d_model, device=device)
    rate = torch.exp(-(k - k % 2) * (math.log(10000.0) / d_model))
    p = torch.arange(start, stop, device=device)
    return torch.sin(p[:, None] * rate[None] + (k % 2) * (math.pi / 2))


def sinusoidal_table(length, d_model):
    if d_model <= 0 or length < 0:
        raise ValueError("sizes")
    return rows(0, length, d_model)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_length=512):
        super().__init__()
        self.d_model, self.p, self.max_length = d_model, dropout, max_length

    def forward(self, x, offset=0):
        _, length, width = x.shape
        if width != self.d_model or not 0 <= offset <= self.max_length - length:
            raise ValueError("x does not fit")
        x = x + rows(offset, offset + length, width, x.device).to(x.dtype)
        return nn.functional.dropout(x, self.p, self.training)
