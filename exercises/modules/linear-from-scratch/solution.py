import math

import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        """weight: (out_features, in_features); bias: (out_features,) or None."""
        super().__init__()
        bound = 1 / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features).uniform_(-bound, bound))
        else:
            self.register_parameter("bias", None)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in_features). Returns x W^T + b: (..., out_features)."""
        if x.shape[-1] != self.weight.shape[1]:
            raise ValueError(f"{x.shape[-1]} features, expected {self.weight.shape[1]}")
        y = x @ self.weight.T  # (..., in) @ (in, out) -> (..., out)
        if self.bias is not None:
            y = y + self.bias  # (..., out) + (out,)
        return y
