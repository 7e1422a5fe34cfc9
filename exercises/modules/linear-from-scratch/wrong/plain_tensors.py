# style: tensors with requires_grad instead of parameters
# verdict: wrong_answer
# caught by: test_weight_and_bias_are_parameters
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        b = in_features**-0.5
        self.weight = torch.empty(out_features, in_features).uniform_(-b, b).requires_grad_()
        self.bias = torch.empty(out_features).uniform_(-b, b).requires_grad_() if bias else None

    def forward(self, x):
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
