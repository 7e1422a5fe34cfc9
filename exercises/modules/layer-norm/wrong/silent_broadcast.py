# style: takes the dimensions from normalized_shape and never compares the sizes
# verdict: wrong_answer
# caught by: test_another_shape_is_refused
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps = eps
        self.weight, self.bias = nn.Parameter(torch.ones(self.shape)), nn.Parameter(torch.zeros(self.shape))

    def forward(self, x):
        if x.shape[-1] != self.shape[-1] and x.shape[-1] != 1:
            raise ValueError("shape")
        var, mean = torch.var_mean(x, tuple(range(-len(self.shape), 0)), correction=0, keepdim=True)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias
