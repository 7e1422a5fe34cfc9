"""A flow that is trained through a method of its own."""
# where: x, ld = layer(x)
import math

import torch
import torch.nn as nn

torch.manual_seed(0)


def two_moons(n):
    t = torch.rand(n) * math.pi
    up = torch.rand(n) < 0.5
    x = torch.where(up, torch.cos(t), 1 - torch.cos(t))
    y = torch.where(up, torch.sin(t), 0.5 - torch.sin(t))
    pts = torch.stack([x, y], 1) + 0.07 * torch.randn(n, 2)
    return (pts - torch.tensor([0.5, 0.25])) / torch.tensor([0.87, 0.5])


class Coupling(nn.Module):
    def __init__(self, hidden=48):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(1, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 2))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = x[:, :1], x[:, 1:]
        s, t = self.net(a).chunk(2, dim=1)
        s = torch.tanh(s)
        b = b * torch.exp(s) + t
        return torch.cat([b, a], dim=1), s.squeeze(1)


class RealNVP(nn.Module):
    def __init__(self, n_layers=6):
        super().__init__()
        self.layers = nn.ModuleList([Coupling()] * n_layers)

    def log_prob(self, x):
        logdet = torch.zeros(len(x))
        for layer in self.layers:
            x, ld = layer(x)
            logdet = logdet + ld
        base = -0.5 * (x**2).sum(1) - math.log(2 * math.pi)
        return base + logdet


train_pts, test_pts = two_moons(800), two_moons(200)
flow = RealNVP()
opt = torch.optim.Adam(flow.parameters(), lr=2e-3)

for epoch in range(2):
    flow.train()
    total = 0.0
    for idx in torch.randperm(len(train_pts)).split(100):
        nll = -flow.log_prob(train_pts[idx]).mean()
        opt.zero_grad()
        nll.backward()
        opt.step()
        total += nll.item() * len(idx)
    flow.eval()
    with torch.no_grad():
        test_nll = -flow.log_prob(test_pts).mean().item()
    print(f"{epoch:2d}  train nll {total / len(train_pts):.4f}  test nll {test_nll:.4f}")
