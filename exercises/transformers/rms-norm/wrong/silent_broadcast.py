# style: lets a width of 1 broadcast against the weight
# verdict: wrong_answer
# caught by: test_another_width_is_refused
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        half = x.dtype in (torch.float16, torch.bfloat16)
        wide = x.float() if half else x
        mean_square = wide.square().mean(-1, keepdim=True)
        normal = wide * torch.rsqrt(mean_square + self.eps)
        return (normal * self.weight).to(x.dtype)
