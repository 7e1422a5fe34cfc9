# style: einsum, nn.init, and a bias that is registered in any case
import torch
from torch import nn


class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.shape = (out_features, in_features)
        self.register_parameter("weight", nn.Parameter(torch.zeros(self.shape)))
        self.register_parameter("bias", nn.Parameter(torch.zeros(out_features)) if bias else None)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(in_features**-0.5), in_features**-0.5)

    def forward(self, x):
        if x.size(-1) != self.shape[1]:
            raise ValueError(x.shape)
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias
