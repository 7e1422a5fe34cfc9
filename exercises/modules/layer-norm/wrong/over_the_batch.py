# style: takes mean and variance over the batch, as batch norm does
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
        var, mean = torch.var_mean(x, 0, correction=0, keepdim=True)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias
