import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        """weight: (dim,), ones at the start."""
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # (dim,)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., dim). Returns the same shape and dtype."""
        if x.shape[-1:] != self.weight.shape:
            raise ValueError(f"the last dimension of {tuple(x.shape)} is not {len(self.weight)}")
        half = x.dtype in (torch.float16, torch.bfloat16)
        wide = x.float() if half else x  # (..., dim)
        mean_square = wide.square().mean(-1, keepdim=True)  # (..., 1)
        normal = wide * torch.rsqrt(mean_square + self.eps)  # (..., dim)
        return (normal * self.weight).to(x.dtype)  # (..., dim)
