# style: flattens to two dimensions, addmm, and back; the start from torch.rand
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        bound = (1.0 / in_features) ** 0.5
        self.weight = nn.Parameter((2 * torch.rand(out_features, in_features) - 1) * bound)
        self.bias = nn.Parameter((2 * torch.rand(out_features) - 1) * bound) if bias else None

    def forward(self, x):
        m, n = self.weight.shape
        if x.shape[-1] != n:
            raise ValueError("width")
        flat = x.reshape(-1, n)
        y = flat.mm(self.weight.t()) if self.bias is None else torch.addmm(self.bias, flat, self.weight.t())
        return y.reshape(*x.shape[:-1], m)
