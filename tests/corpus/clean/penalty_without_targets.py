"""Outputs that are pushed to zero: an energy with fresh points in every step, then a penalty on one fixed batch."""
import torch
from torch import nn

torch.manual_seed(0)
energy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(energy.parameters(), lr=1e-2)

for step in range(60):
    points = torch.randn(32, 3)
    loss = energy(points).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        print(step, loss.item())

fixed = torch.randn(32, 3)
probe = nn.Linear(3, 1)
optimizer = torch.optim.SGD(probe.parameters(), lr=0.001)
for step in range(40):
    loss = (probe(fixed) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
