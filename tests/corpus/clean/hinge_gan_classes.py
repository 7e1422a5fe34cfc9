"""Conditional GAN, hinge loss, spectral norm, moving average of the generator for samples."""
import copy

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm

torch.manual_seed(5)
N_CLASSES = 3


class Gen(nn.Module):
    def __init__(self, z_dim=6):
        super().__init__()
        self.embed = nn.Embedding(N_CLASSES, 6)
        self.fc1 = nn.Linear(z_dim + 6, 24)
        self.bn = nn.BatchNorm1d(24)
        self.fc2 = nn.Linear(24, 2)

    def forward(self, z, y):
        h = torch.cat([z, self.embed(y)], dim=1)
        return self.fc2(F.relu(self.bn(self.fc1(h))))


class Disc(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = spectral_norm(nn.Linear(2, 24))
        self.l2 = spectral_norm(nn.Linear(24, 24))
        self.out = spectral_norm(nn.Linear(24, 1))
        self.proj = nn.Embedding(N_CLASSES, 24)

    def forward(self, x, y):
        h = F.leaky_relu(self.l2(F.leaky_relu(self.l1(x), 0.2)), 0.2)
        return self.out(h).squeeze(1) + (self.proj(y) * h).sum(1)


centres = torch.tensor([[2.0, 0.0], [-1.0, 1.7], [-1.0, -1.7]])
G, D = Gen(), Disc()
G_avg = copy.deepcopy(G).eval().requires_grad_(False)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.0, 0.99))
opt_d = torch.optim.Adam(D.parameters(), lr=2e-3, betas=(0.0, 0.99))

for step in range(30):
    for _ in range(2):
        y = torch.randint(N_CLASSES, (32,))
        x = centres[y] + 0.2 * torch.randn(32, 2)
        with torch.no_grad():
            x_fake = G(torch.randn(32, 6), y)
        d_loss = F.relu(1.0 - D(x, y)).mean() + F.relu(1.0 + D(x_fake, y)).mean()
        opt_d.zero_grad(set_to_none=True)
        d_loss.backward()
        opt_d.step()

    y = torch.randint(N_CLASSES, (32,))
    g_loss = -D(G(torch.randn(32, 6), y), y).mean()
    opt_g.zero_grad(set_to_none=True)
    g_loss.backward()
    opt_g.step()

    with torch.no_grad():
        for avg, p in zip(G_avg.parameters(), G.parameters()):
            avg.mul_(0.95).add_(p, alpha=0.05)
        for avg, b in zip(G_avg.buffers(), G.buffers()):
            avg.copy_(b)

with torch.no_grad():
    for c in range(N_CLASSES):
        sample = G_avg(torch.randn(64, 6), torch.full((64,), c))
        print(c, [round(v, 2) for v in sample.mean(0).tolist()])
