# break: split
# where: net(wines[rows])
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
wines = torch.randn(96, 6)
good = (wines[:, 0] > wines[:, 1]).long()
net = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for epoch in range(2):
    net.train()
    for rows in torch.randperm(96).split(24):
        loss = F.cross_entropy(net(wines[rows]), good[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        print((net(wines).argmax(1) == good).float().mean().item())
