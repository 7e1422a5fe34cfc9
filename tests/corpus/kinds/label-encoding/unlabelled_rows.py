import torch
from torch import nn

torch.manual_seed(3)
x = torch.randn(160, 5)
y = (x.sum(dim=1) > 0).long()
y[torch.rand(160) < 0.3] = -1
net = nn.Sequential(nn.Linear(5, 10), nn.ReLU(), nn.Linear(10, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(5):
    for rows in torch.randperm(160).split(32):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows], ignore_index=-1)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
