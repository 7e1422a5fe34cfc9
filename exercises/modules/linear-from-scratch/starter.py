import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        """weight: (out_features, in_features); bias: (out_features,) or None."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., in_features). Returns x W^T + b: (..., out_features)."""
        raise NotImplementedError
