import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 2)
y = torch.sin(x.sum(1, keepdim=True))
net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
wide = torch.rand(60, 2) * 8 - 4
for epoch in range(10):
    for rows in torch.randperm(200).split(50):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print("far away", nn.functional.mse_loss(net(wide), torch.sin(wide.sum(1, keepdim=True))).item())
