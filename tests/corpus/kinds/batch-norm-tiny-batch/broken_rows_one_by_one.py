# where: model(pair
import torch
from torch import nn


def pairs(x, y):
    order = torch.randperm(len(x)).tolist()
    return [(x[[i, j]], y[[i, j]]) for i, j in zip(order[::2], order[1::2])]


torch.manual_seed(0)
x = torch.randn(40, 3)
y = x.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for _ in range(2):
    for pair, goal in pairs(x, y):
        opt.zero_grad()
        (model(pair) - goal).square().mean().backward()
        opt.step()
