# style: starts from randn without a scale
# verdict: wrong_answer
# caught by: test_start_is_scaled_by_the_inputs
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.randn(out_features)) if bias else None

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[1]:
            raise ValueError("width")
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
