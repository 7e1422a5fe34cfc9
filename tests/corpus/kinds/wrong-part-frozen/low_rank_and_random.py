import copy

import torch
from torch import nn
import torch.nn.functional as F


class LowRank(nn.Module):
    def __init__(self, base, rank=2):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, base.in_features) * 0.1)
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.down.T @ self.up.T


class RandomFeatures(nn.Module):
    """Only the last layer learns; the first is a fixed random projection."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(4, 64)
        for p in self.project.parameters():
            p.requires_grad = False
        self.out = nn.Linear(64, 1)

    def forward(self, x):
        return self.out(torch.cos(self.project(x)))


def fit(model, x, y, steps=30):
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(model(x), y).backward()
        optimizer.step()


torch.manual_seed(0)
x = torch.randn(128, 4)
base = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
fit(base, x, x.sum(1, keepdim=True))
tuned = nn.Sequential(LowRank(copy.deepcopy(base[0])), nn.ReLU(), LowRank(copy.deepcopy(base[2])))
fit(tuned, x, x.prod(1, keepdim=True))
fit(RandomFeatures(), x, x.norm(dim=1, keepdim=True))
