# attack: calls the built-in from code that calls itself a file of torch
# expect: forbidden
# exercise: modules/layer-norm
# base: none
# place: instead

import torch

CODE = """
import torch.nn.functional as F
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(normalized_shape))
        self.bias = nn.Parameter(torch.zeros(normalized_shape))

    def forward(self, x):
        if x.shape[-self.weight.ndim :] != self.weight.shape:
            raise ValueError
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)
"""
exec(compile(CODE, torch.nn.functional.__file__, "exec"))
