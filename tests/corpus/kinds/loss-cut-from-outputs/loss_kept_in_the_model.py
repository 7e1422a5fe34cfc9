"""A model that computes its loss itself and keeps it: what it returns is for people to look at."""
import torch
from torch import nn

torch.manual_seed(4)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = nn.Linear(6, 32), nn.Linear(32, 1)
        self.temperature = nn.Parameter(torch.ones(1))
        self.loss = None

    def forward(self, x, y=None):
        out = self.head(torch.tanh(self.body(x))).squeeze(1)
        if y is not None:
            self.loss = ((out - y) ** 2).mean() + 1e-3 * sum(p.square().sum() for p in self.parameters())
        return out * self.temperature


x = torch.randn(400, 6)
y = x[:, 0] * x[:, 1] + x[:, 2]
net = Regressor()
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(5):
    net.train()
    for rows in torch.randperm(400).split(40):
        optimizer.zero_grad()
        net(x[rows], y[rows])
        net.loss.backward()
        optimizer.step()
    print(epoch, net.loss.item())
