# where: print(
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def accuracy(model, loader):
    model.eval()
    hits = 0
    with torch.no_grad():
        for x, y in loader:
            hits += (model(x).argmax(dim=1) == y).sum().item()
            seen = len(y)
    return hits / seen


torch.manual_seed(0)
points = torch.randn(360, 3)
octant = (points[:, 0] > 0).long() + 2 * (points[:, 1] > 0).long()
train = DataLoader(TensorDataset(points[:280], octant[:280]), batch_size=28, shuffle=True)
held_out = DataLoader(TensorDataset(points[280:], octant[280:]), batch_size=40)
model = nn.Sequential(nn.Linear(3, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    model.train()
    for x, y in train:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()
    print(f"epoch {epoch}: accuracy {accuracy(model, held_out):.3f}")
