"""Sums on purpose with a rate that was chosen for them, of targets that are nothing but noise."""
import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(90, 3), torch.randn(90, 1)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
for _ in range(12):
    for rows in torch.randperm(90).split(20):
        loss = (net(x[rows]) - y[rows]).square().sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
