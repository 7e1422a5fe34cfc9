import torch
import torch.nn.functional as F
from torch import nn


class Gaussian(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.ReLU())
        self.mean = nn.Linear(32, 1)
        self.log_variance = nn.Linear(32, 1)
        self.log_variance.weight = self.mean.weight

    def forward(self, x):
        hidden = self.body(x)
        return self.mean(hidden), self.log_variance(hidden)


torch.manual_seed(0)
x = torch.randn(256, 4)
y = x[:, :1] + (0.2 + x[:, 1:2].abs()) * torch.randn(256, 1)
model = Gaussian()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(5):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        mean, log_variance = model(x[rows])
        loss = F.gaussian_nll_loss(mean, y[rows], log_variance.exp())
        loss.backward()
        optimizer.step()
    print(f"{epoch} {loss.item():.3f}")
