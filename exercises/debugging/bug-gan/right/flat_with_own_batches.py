# style: flat, a batch of its own for each player, the critic without gradients while the maker learns
import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)
device = "cuda" if torch.cuda.is_available() else "cpu"


def readings(n):
    p = 2 * math.pi * torch.rand(n)
    p = p + 0.5 * p.sin()
    level = p.cos()
    return torch.stack((level, 0.7 * (p - 0.9).cos() + 0.3 * level.square()), 1) + 0.04 * torch.randn(n, 2)


G = nn.Sequential(nn.Linear(6, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU(), nn.Linear(48, 2)).to(device)
D = nn.Sequential(
    nn.Linear(2, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2), nn.Linear(48, 1), nn.Flatten(0)
).to(device)
opt_g = torch.optim.Adam(G.parameters(), lr=1e-3, betas=(0.5, 0.99))
opt_d = torch.optim.Adam(D.parameters(), lr=3e-3, betas=(0.5, 0.99))
data = readings(4000).to(device)
test = readings(500).to(device)
labels = torch.cat((torch.ones(64), torch.zeros(64))).to(device)

for step in range(600):
    with torch.no_grad():
        forged = G(torch.randn(64, 6, device=device))
    real = data[torch.randint(4000, (64,), device=device)]
    d_loss = 2 * F.binary_cross_entropy_with_logits(D(torch.cat((real, forged))), labels)
    opt_d.zero_grad()
    d_loss.backward()
    opt_d.step()

    D.requires_grad_(False)
    g_loss = F.binary_cross_entropy_with_logits(D(G(torch.randn(64, 6, device=device))), labels[:64])
    opt_g.zero_grad()
    g_loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    if step % 100 == 99:
        print(step + 1, d_loss.item(), g_loss.item())
