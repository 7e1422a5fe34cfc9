# style: turns the weight by reshape instead of transpose
# verdict: wrong_answer
# caught by: test_weighted_sum_plus_bias
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        b = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-b, b))
        self.bias = nn.Parameter(torch.empty(out_features).uniform_(-b, b)) if bias else None

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[1]:
            raise ValueError("width")
        y = x @ self.weight.reshape(x.shape[-1], -1)
        return y if self.bias is None else y + self.bias
