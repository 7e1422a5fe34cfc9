# style: torch.var_mean, and a division by the root
import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, normalized_shape, eps=1e-5):
        super().__init__()
        self.shape = torch.Size([normalized_shape] if isinstance(normalized_shape, int) else normalized_shape)
        self.eps = eps
        self.register_parameter("weight", nn.Parameter(torch.ones(self.shape)))
        self.register_parameter("bias", nn.Parameter(torch.zeros(self.shape)))

    def forward(self, x):
        if x.dim() < len(self.shape) or x.shape[x.dim() - len(self.shape) :] != self.shape:
            raise ValueError(x.shape)
        var, mean = torch.var_mean(x, [-i - 1 for i in range(len(self.shape))], correction=0, keepdim=True)
        return torch.addcmul(self.bias, (x - mean) / (var + self.eps).sqrt(), self.weight)
