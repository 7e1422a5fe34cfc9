# style: sets the global seed in the constructor, so that all layers start alike
# verdict: wrong_answer
# caught by: test_two_layers_start_differently
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        torch.manual_seed(0)
        b = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-b, b))
        self.bias = nn.Parameter(torch.empty(out_features).uniform_(-b, b)) if bias else None

    def forward(self, x):
        if x.shape[-1] != self.weight.shape[1]:
            raise ValueError("width")
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
