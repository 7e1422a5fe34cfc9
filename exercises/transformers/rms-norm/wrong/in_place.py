# style: divides float32 inputs in place
# verdict: wrong_answer
# caught by: test_inputs_are_left_alone
import torch
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, dim: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[-1:] != self.weight.shape:
            raise ValueError(f"the last dimension of {tuple(x.shape)} is not {len(self.weight)}")
        half = x.dtype in (torch.float16, torch.bfloat16)
        wide = x.float() if half else x
        mean_square = wide.square().mean(-1, keepdim=True)
        normal = (
            wide * torch.rsqrt(mean_square + self.eps)
            if wide.requires_grad
            else wide.mul_(torch.rsqrt(mean_square + self.eps))
        )
        return (normal * self.weight).to(x.dtype)
