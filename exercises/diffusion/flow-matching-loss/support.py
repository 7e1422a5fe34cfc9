"""A model that keeps what it is given."""

import torch
from torch import nn


class Model(nn.Module):
    """weight * x + slope * t, which notes each call: the input, the times, whether autograd records."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(-0.8, dtype=torch.float64))
        self.slope = nn.Parameter(torch.tensor(1.5, dtype=torch.float64))
        self.diary = []

    def forward(self, x, t):
        self.diary.append((x.clone(), t.clone(), torch.is_grad_enabled()))
        time = t.to(x.dtype).reshape(-1, *[1] * (x.dim() - 1))
        return self.weight.to(x.dtype) * x + self.slope.to(x.dtype) * time
