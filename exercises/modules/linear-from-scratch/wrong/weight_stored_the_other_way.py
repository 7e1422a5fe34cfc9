# style: stores the weight as (in, out) to save the transpose
# verdict: wrong_answer
# caught by: test_weight_and_bias_are_parameters
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        b = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(in_features, out_features).uniform_(-b, b))
        self.bias = nn.Parameter(torch.empty(out_features).uniform_(-b, b)) if bias else None

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[0]:
            raise ValueError("width")
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
