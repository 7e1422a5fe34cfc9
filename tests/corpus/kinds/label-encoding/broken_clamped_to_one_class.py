import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(6)
measured = torch.randn(120, 3)
species = measured.argmax(dim=1)
net = nn.Sequential(nn.Linear(3, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(net.parameters())
for epoch in range(4):
    for rows in torch.randperm(120).split(24):
        loss = F.cross_entropy(net(measured[rows]), species[rows].clamp(max=0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
