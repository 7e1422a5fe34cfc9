# style: each input times its own columns of the weight, added with broadcasting, nothing joined
import torch
import torch.nn.functional as F
from torch import nn


class ConcatBlock(nn.Module):
    def __init__(self, dims, out_dim):
        super().__init__()
        if len(dims) == 0:
            raise ValueError("dims")
        self.dims = tuple(dims)
        self.fc = nn.Linear(sum(dims), out_dim)

    def forward(self, *inputs):
        if tuple(x.shape[-1] for x in inputs) != self.dims:
            raise ValueError("widths")
        if len({x.dim() for x in inputs}) != 1:
            raise ValueError("dimensions")
        for sizes in zip(*(x.shape[:-1] for x in inputs)):
            if len(set(sizes) - {1}) > 1:
                raise ValueError("leading")
        blocks = self.fc.weight.split(self.dims, dim=1)
        parts = [F.linear(x, w) for x, w in zip(inputs, blocks)]
        return sum(parts, start=self.fc.bias).relu()
