"""Things beside the learner's modules."""

import torch
from torch import nn


class Half(nn.Module):
    """Another encoder and another decoder in one: they only have to fit."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x, condition=None):
        return self.scale * x if condition is None else self.scale * x + condition


def same(one, other):
    return one is other
