"""Models that are not the learner's."""

import torch
from torch import nn


class Constant(nn.Module):
    """Copies everything as 0.25 in evaluation mode, and as noise in training mode."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.bias = nn.Parameter(torch.tensor(0.25))

    def forward(self, x):
        if self.training:
            return torch.rand_like(x)
        return torch.zeros_like(x) + self.bias
