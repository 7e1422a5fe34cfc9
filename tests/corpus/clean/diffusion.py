"""Denoising diffusion on two moons: predict the noise, cosine schedule, EMA weights for sampling."""
import copy
import math

import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
T = 20


def moons(n):
    t = torch.rand(n) * math.pi
    flip = torch.randint(0, 2, (n,)).float()
    x = torch.cos(t) * (1 - 2 * flip) + flip
    y = torch.sin(t) * (1 - 2 * flip) + 0.5 * flip
    return torch.stack([x, y], 1) + 0.05 * torch.randn(n, 2)


class Denoiser(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.time = nn.Embedding(T, width)
        self.inp = nn.Linear(2, width)
        self.mid = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.out = nn.Linear(width, 2)

    def forward(self, x, t):
        return self.out(self.mid(self.inp(x) + self.time(t)))


steps = torch.arange(T + 1) / T
bar = torch.cos((steps + 0.008) / 1.008 * math.pi / 2) ** 2
bar = bar / bar[0]
betas = (1 - bar[1:] / bar[:-1]).clamp(max=0.999)
alphas = 1 - betas
alpha_bar = torch.cumprod(alphas, 0)

data = moons(512)
model = Denoiser()
ema = copy.deepcopy(model).eval().requires_grad_(False)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)

for step in range(80):
    x0 = data[torch.randint(len(data), (64,))]
    t = torch.randint(T, (64,))
    noise = torch.randn_like(x0)
    a = alpha_bar[t].unsqueeze(1)
    noisy = a.sqrt() * x0 + (1 - a).sqrt() * noise
    loss = F.mse_loss(model(noisy, t), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for slow, fast in zip(ema.parameters(), model.parameters()):
            slow.lerp_(fast, 0.05)


@torch.no_grad()
def sample(n):
    x = torch.randn(n, 2)
    for i in reversed(range(T)):
        eps = ema(x, torch.full((n,), i))
        x = (x - betas[i] / (1 - alpha_bar[i]).sqrt() * eps) / alphas[i].sqrt()
        if i > 0:
            x = x + betas[i].sqrt() * torch.randn_like(x)
    return x


print(f"loss {loss.item():.3f}, samples around {sample(32).mean(0).tolist()}")
