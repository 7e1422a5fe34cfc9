"""Models that keep what they are given."""

import torch
from torch import nn


class Model(nn.Module):
    """A rule with a parameter, which notes each call: the input, the steps, whether autograd records."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.6))
        self.diary = []

    def forward(self, x, t):
        self.diary.append((x.clone(), t.clone(), torch.is_grad_enabled()))
        return self.weight * x + 0.1 * t.to(x.dtype).reshape(-1, *[1] * (x.dim() - 1))
