# style: takes mean and variance under no_grad, as if they were constants
# verdict: wrong_answer
# caught by: test_gradients_reach_input_weight_and_bias
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
        with torch.no_grad():
            var, mean = torch.var_mean(x, tuple(range(-len(self.shape), 0)), correction=0, keepdim=True)
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias
