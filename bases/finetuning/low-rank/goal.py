"""Accuracy on new rows of the second task."""

import torch
from torch import nn


class LowRank(nn.Module):
    def __init__(self, layer, rank=4, alpha=8):
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.zeros(rank, layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))
        self.scale = alpha / rank

    def forward(self, x):
        return self.layer(x) + self.scale * (x @ self.down.T) @ self.up.T


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = LowRank(nn.Linear(8, 48))
        self.second = LowRank(nn.Linear(48, 48))
        self.head = nn.Linear(48, 4)

    def forward(self, x):
        return self.head(torch.relu(self.second(torch.relu(self.first(x)))))


def build():
    return Net()


def measure(model, seed):
    x = torch.randn(1000, 8)
    u, v = x[:, 0] + 0.5 * x[:, 2], x[:, 1] - 0.5 * x[:, 3]
    angle = torch.atan2(v, u) + 0.8
    y = ((angle / (2 * torch.pi) * 4).floor().long()) % 4
    return (model(x).argmax(dim=1) == y).float().mean()
