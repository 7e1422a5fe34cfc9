# style: keeps running statistics for evaluation
# verdict: wrong_answer
# caught by: test_modes_do_not_differ
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.mean, self.var = eps, 0.0, 1.0
        self.weight, self.bias = nn.Parameter(torch.ones(self.shape)), nn.Parameter(torch.zeros(self.shape))

    def forward(self, x):
        if tuple(x.shape[-len(self.shape) :]) != self.shape:
            raise ValueError("shape")
        if self.training:
            var, mean = torch.var_mean(x, tuple(range(-len(self.shape), 0)), correction=0, keepdim=True)
            self.mean = 0.9 * self.mean + 0.1 * mean.detach().mean()
            self.var = 0.9 * self.var + 0.1 * var.detach().mean()
        else:
            var, mean = self.var, self.mean
        return (x - mean) / (var + self.eps) ** 0.5 * self.weight + self.bias
