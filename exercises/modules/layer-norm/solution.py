import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape: int | tuple[int, ...], eps: float = 1e-5) -> None:
        """weight, bias: of normalized_shape."""
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(normalized_shape))  # an int n gives (n,)
        self.bias = nn.Parameter(torch.zeros(normalized_shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (..., *normalized_shape). Returns the same shape."""
        shape = self.weight.shape
        if x.shape[-len(shape) :] != shape:
            raise ValueError(f"the last dimensions of {tuple(x.shape)} are not {tuple(shape)}")
        dims = tuple(range(-len(shape), 0))  # (-1,) or (-2, -1) or ...
        mean = x.mean(dims, keepdim=True)  # (..., 1, 1)
        centred = x - mean  # (..., *normalized_shape)
        variance = centred.square().mean(dims, keepdim=True)  # (..., 1, 1)
        normal = centred * torch.rsqrt(variance + self.eps)  # (..., *normalized_shape)
        return normal * self.weight + self.bias  # (..., *normalized_shape)
