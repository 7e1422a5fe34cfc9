# style: torch.addmm on the input as it is, which takes two dimensions only
# verdict: runtime_error
# caught by: test_any_leading_dimensions
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
        return x.mm(self.weight.T) if self.bias is None else torch.addmm(self.bias, x, self.weight.T)
