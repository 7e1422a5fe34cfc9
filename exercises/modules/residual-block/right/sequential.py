# style: F calls on flattened rows, dropout by an explicit mask
import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, dim, hidden, dropout=0.0):
        super().__init__()
        self.dim, self.p = dim, dropout
        self.norm = nn.LayerNorm(dim)
        self.fc1 = nn.Linear(dim, hidden)
        self.fc2 = nn.Linear(hidden, dim)
        with torch.no_grad():
            for parameter in self.fc2.parameters():
                parameter.mul_(0)

    def forward(self, x):
        if x.size(-1) != self.dim:
            raise ValueError("width")
        rows = x.reshape(-1, self.dim)
        out = self.fc2(self.fc1(self.norm(rows)).clamp_min(0))
        if self.training and self.p > 0:
            keep = torch.rand_like(out) >= self.p
            out = out * keep / (1 - self.p)
        return (rows + out).view(x.shape)
