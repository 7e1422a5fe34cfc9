# style: adds eps to the standard deviation
# verdict: wrong_answer
# caught by: test_eps_under_the_root
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
        var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
        return (x - mean) / (var.sqrt() + self.eps) * self.weight + self.bias
