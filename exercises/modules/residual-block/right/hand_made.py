# style: layer norm, both products and ReLU written out with einsum and where
import torch
import torch.nn.functional as F
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, dim: int, hidden: int, dropout: float = 0.0):
        super().__init__()
        self.norm = nn.LayerNorm([dim])
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)
        self.fc2.weight = nn.Parameter(torch.zeros(dim, hidden))
        self.fc2.bias = nn.Parameter(torch.zeros(dim))
        self.dropout = dropout

    def forward(self, x):
        if x.shape[-1] != self.norm.normalized_shape[0]:
            raise ValueError("width")
        centred = x - x.mean(-1, keepdim=True)
        z = centred * torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + self.norm.eps)
        z = z * self.norm.weight + self.norm.bias
        z = torch.einsum("...d,hd->...h", z, self.fc1.weight) + self.fc1.bias
        z = torch.where(z > 0, z, torch.zeros_like(z))
        z = torch.einsum("...h,dh->...d", z, self.fc2.weight) + self.fc2.bias
        return F.dropout(z, self.dropout, training=self.training).add(x)
