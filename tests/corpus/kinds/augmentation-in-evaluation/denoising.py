import torch
from torch import nn

torch.manual_seed(0)
clean = torch.sin(torch.linspace(0, 6, 20) * (1 + torch.rand(120, 1)))
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 20))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(5):
    for rows in torch.randperm(90).split(30):
        noisy = clean[rows] + 0.3 * torch.randn(len(rows), 20)
        optimizer.zero_grad()
        nn.functional.mse_loss(net(noisy), clean[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        noisy = clean[90:] + 0.3 * torch.randn(30, 20)
        print(epoch, nn.functional.mse_loss(net(noisy), clean[90:]).item())
