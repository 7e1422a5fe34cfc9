# style: a branch by OrderedDict children, made in float32 and converted, biases zeroed in a loop
import torch
from torch import nn


class BottleneckAdapter(nn.Module):
    def __init__(self, dim: int, bottleneck: int, scale: float = 1.0, dtype=None):
        super().__init__()
        if bottleneck <= 0:
            raise ValueError(f"{bottleneck}")
        for name, layer in {"down": nn.Linear(dim, bottleneck), "act": nn.GELU(), "up": nn.Linear(bottleneck, dim)}.items():
            self.add_module(name, layer)
        self.down.weight.data.copy_(torch.normal(0.0, dim**-0.5, size=(bottleneck, dim)))
        for tensor in (self.down.bias, self.up.bias, self.up.weight):
            tensor.data.mul_(0)
        if dtype is not None:
            self.to(dtype)
        self.scale, self.dim = float(scale), dim

    def forward(self, x):
        if x.shape[-1:] != (self.dim,):
            raise ValueError("width")
        branch = x
        for layer in self.children():
            branch = layer(branch)
        return branch * self.scale + x
