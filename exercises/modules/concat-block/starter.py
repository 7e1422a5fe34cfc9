import torch
from torch import nn


class ConcatBlock(nn.Module):
    """ReLU(fc([x_1; ...; x_k]))"""

    def __init__(self, dims: list[int], out_dim: int) -> None:
        """dims: the width of each input. fc: Linear(sum(dims), out_dim)."""
        super().__init__()
        raise NotImplementedError

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """inputs[i]: (..., dims[i]). Returns (..., out_dim)."""
        raise NotImplementedError
