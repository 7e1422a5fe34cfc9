"""Uncertainty two ways: a Gaussian head with learned variance, and three quantiles with the pinball loss."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(12)
x = torch.rand(400, 1) * 4 - 2
y = x.sin() + (0.05 + 0.2 * x.abs()) * torch.randn(400, 1)
train, valid = random_split(TensorDataset(x, y), [320, 80])


class GaussianNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
        self.mean = nn.Linear(32, 1)
        self.raw = nn.Linear(32, 1)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), F.softplus(self.raw(h)) + 1e-4


class QuantileNet(nn.Sequential):
    taus = torch.tensor([0.1, 0.5, 0.9])

    def __init__(self):
        super().__init__(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, len(self.taus)))


def pinball(pred, target, taus):
    errors = target - pred
    return torch.max((taus - 1) * errors, taus * errors).sum(dim=1).mean()


gaussian, quantile = GaussianNet(), QuantileNet()
opt_a = torch.optim.Adam(gaussian.parameters(), lr=5e-3)
opt_b = torch.optim.Adam(quantile.parameters(), lr=5e-3)
nll = nn.GaussianNLLLoss()

for epoch in range(4):
    for xb, yb in DataLoader(train, batch_size=32, shuffle=True):
        mean, var = gaussian(xb)
        loss_a = nll(mean, yb, var)
        opt_a.zero_grad()
        loss_a.backward()
        opt_a.step()

        loss_b = pinball(quantile(xb), yb, QuantileNet.taus)
        opt_b.zero_grad()
        loss_b.backward()
        opt_b.step()

    gaussian.eval()
    quantile.eval()
    with torch.no_grad():
        xv, yv = next(iter(DataLoader(valid, batch_size=len(valid))))
        mean, var = gaussian(xv)
        inside = ((yv - mean).abs() < 1.64 * var.sqrt()).float().mean()
        low, _, high = quantile(xv).unbind(1)
        covered = ((yv[:, 0] > low) & (yv[:, 0] < high)).float().mean()
    gaussian.train()
    quantile.train()
    print(f"{epoch}: nll {loss_a.item():.3f} pinball {loss_b.item():.3f} inside {inside:.2f} covered {covered:.2f}")
