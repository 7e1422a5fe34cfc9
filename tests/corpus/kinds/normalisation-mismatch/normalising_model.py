import torch
from torch import nn


class WithStatistics(nn.Module):
    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(dim=0))
        self.register_buffer("std", x.std(dim=0))
        self.body = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x):
        return self.body((x - self.mean) / self.std)


torch.manual_seed(0)
x = torch.tensor([100.0, -4.0, 20.0]) + torch.randn(200, 3) * torch.tensor([20.0, 1.0, 5.0])
y = (x[:, 0] > 100).long()
model = WithStatistics(x[:150])
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for epoch in range(6):
    for rows in torch.randperm(150).split(25):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, nn.functional.cross_entropy(model(x[150:]), y[150:]).item())
