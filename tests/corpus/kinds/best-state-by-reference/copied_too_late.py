# break: fit.kept
# where: net.load_state_dict(copy.deepcopy(kept))
import copy

import torch
from torch import nn


def score(net, x, y):
    net.eval()
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()


def fit(net, x, y, epochs=12):
    optimizer = torch.optim.RMSprop(net.parameters(), lr=0.01)
    best, kept = -1.0, None
    for _ in range(epochs):
        net.train()
        for rows in torch.randperm(90).split(15):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        found = score(net, x[90:], y[90:])
        if found > best:
            best, kept = found, copy.deepcopy(net.state_dict())
    net.load_state_dict(copy.deepcopy(kept))
    return best


torch.manual_seed(2)
points = torch.randn(150, 4)
labels = ((points[:, 0] * points[:, 1] > 0).float() + 0.4 * torch.randn(150) > 0.5).long()
print(fit(nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 2)), points, labels))
