# style: einsum, GELU by the error function, layers made on skip_init and filled
import math

import torch
from torch import nn
from torch.nn.utils import skip_init


class BottleneckAdapter(nn.Module):
    def __init__(self, dim, bottleneck, scale=1.0, dtype=None):
        super().__init__()
        if not bottleneck > 0:
            raise ValueError("bottleneck")
        self.factor = scale
        options = {} if dtype is None else {"dtype": dtype}
        self.down = skip_init(nn.Linear, dim, bottleneck, **options)
        self.up = skip_init(nn.Linear, bottleneck, dim, **options)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.zero_()
            self.down.weight += torch.randn(bottleneck, dim, dtype=dtype) / math.sqrt(dim)

    def forward(self, x):
        if x.size(-1) != self.up.out_features:
            raise ValueError("dim")
        z = torch.einsum("...d,bd->...b", x, self.down.weight) + self.down.bias
        z = 0.5 * z * torch.special.erfc(-z / math.sqrt(2))
        z = torch.einsum("...b,db->...d", z, self.up.weight) + self.up.bias
        return torch.add(x, z, alpha=self.factor)
