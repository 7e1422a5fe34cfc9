# style: dot product of each sample with itself by einsum, result narrowed before the weight
import math

import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.dim, self.eps = dim, eps
        self.weight = nn.Parameter(torch.empty(dim))
        nn.init.ones_(self.weight)

    def forward(self, x):
        if x.ndim == 0 or x.size(-1) != self.dim:
            raise ValueError(f"expected a width of {self.dim}")
        kind = torch.promote_types(x.dtype, torch.float32)
        y = x.to(kind)
        total = torch.einsum("...i,...i->...", y, y) / self.dim
        y = y / torch.sqrt(total + self.eps).unsqueeze(-1)
        return y.to(x.dtype) * self.weight.to(x.dtype)
