"""Validation rows are distorted anew each time; test rows are as they are."""
# where: valid = (net(distort
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(700, 12)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 3))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)

def distort(rows):
    return rows + 0.1 * torch.randn_like(rows)

for epoch in range(6):
    net.train()
    for ix in torch.randperm(500).split(25):
        loss = nn.functional.cross_entropy(net(distort(x[ix])), y[ix])
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        valid = (net(distort(x[500:600])).argmax(1) == y[500:600]).float().mean().item()
        test = (net(x[600:]).argmax(1) == y[600:]).float().mean().item()
    print(epoch, loss.item(), valid, test)
