# style: uses var() with its default, which divides by n - 1
# verdict: wrong_answer
# caught by: test_each_sample_by_itself
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(self.shape)), nn.Parameter(torch.zeros(self.shape))

    def forward(self, x):
        if tuple(x.shape[-len(self.shape) :]) != self.shape:
            raise ValueError("shape")
        dims = tuple(range(-len(self.shape), 0))
        return (x - x.mean(dims, keepdim=True)) / (
            x.var(dims, keepdim=True) + self.eps
        ).sqrt() * self.weight + self.bias
