# style: a small layer class of its own, batch norm written out, topk for the class
import torch
from torch import nn


class Dense(nn.Module):
    def __init__(self, n, m, bound):
        super().__init__()
        self.weight = nn.Parameter((2 * torch.rand(m, n) - 1) * bound)
        self.bias = nn.Parameter(torch.zeros(m))

    def forward(self, x):
        return torch.einsum("ni,oi->no", x, self.weight) + self.bias


class FeedForwardNet(nn.Module):
    def __init__(self, in_dim: int, hidden_dim: int, out_dim: int, dropout: float = 0.1):
        super().__init__()
        self.width = in_dim
        self.fc1 = Dense(in_dim, hidden_dim, (6 / in_dim) ** 0.5)
        self.bn1 = nn.BatchNorm1d(hidden_dim)
        self.relu = nn.ReLU()
        self.drop = nn.Dropout(dropout)
        self.fc2 = Dense(hidden_dim, out_dim, (6 / (hidden_dim + out_dim)) ** 0.5)
        self.stack = [self.fc1, self.bn1, self.relu, self.drop, self.fc2]

    def forward(self, x):
        if x.dim() != 2:
            raise ValueError("two dimensions")
        if x.size(1) != self.width:
            raise ValueError("width")
        for layer in self.stack:
            x = layer(x)
        return x


def predict(model, x):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(x).topk(1, dim=1).indices[:, 0]
    finally:
        if before:
            model.train()
