# style: with bias=False keeps a parameter of zeros
# verdict: runtime_error
# caught by: test_without_bias
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        b = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-b, b))
        self.bias = nn.Parameter(torch.empty(out_features).uniform_(-b, b) * bias)

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[1]:
            raise ValueError("width")
        return x @ self.weight.T + self.bias
