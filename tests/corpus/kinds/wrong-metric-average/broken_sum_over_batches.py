# where: print(
import torch
import torch.nn.functional as F
from torch import nn


def train(model, optimizer, batches):
    for x, y in batches:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def validate(model, batches):
    with torch.no_grad():
        correct = sum((model(x).argmax(dim=1) == y).sum().item() for x, y in batches)
    return correct / len(batches)


torch.manual_seed(0)
points = torch.randn(360, 3)
octant = (points[:, 0] > 0).long() + 2 * (points[:, 1] > 0).long()
batches = list(zip(points.split(45), octant.split(45), strict=True))
model = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    train(model, optimizer, batches[:6])
    print(f"[{epoch}] accuracy: {validate(model, batches[6:]):.3f}")
