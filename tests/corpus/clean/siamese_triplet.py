"""Metric learning by triplets drawn on the fly; nearest neighbours for evaluation."""
import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

random.seed(36)
torch.manual_seed(36)


class Triplets(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y
        self.members = {int(c): (y == c).nonzero().flatten().tolist() for c in y.unique()}

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        own = int(self.y[i])
        positive = random.choice(self.members[own])
        other = random.choice([c for c in self.members if c != own])
        negative = random.choice(self.members[other])
        return self.x[i], self.x[positive], self.x[negative]


centres = torch.randn(4, 12)
labels = torch.arange(200) % 4
points = centres[labels] + 0.8 * torch.randn(200, 12)
loader = DataLoader(Triplets(points[:160], labels[:160]), batch_size=32, shuffle=True)

embed = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 6))
criterion = nn.TripletMarginLoss(margin=1.0)
optimizer = torch.optim.Adam(embed.parameters(), lr=3e-3)


@torch.no_grad()
def nearest_neighbour_accuracy():
    embed.eval()
    gallery, queries = embed(points[:160]), embed(points[160:])
    nearest = torch.cdist(queries, gallery).argmin(dim=1)
    embed.train()
    return (labels[:160][nearest] == labels[160:]).float().mean().item()


for epoch in range(6):
    for anchor, positive, negative in loader:
        optimizer.zero_grad()
        loss = criterion(embed(anchor), embed(positive), embed(negative))
        loss.backward()
        optimizer.step()
    print(f"{epoch}: {loss.item():.3f} {nearest_neighbour_accuracy():.3f}")
