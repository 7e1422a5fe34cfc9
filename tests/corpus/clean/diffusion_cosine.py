"""DDPM on 2-D moons: cosine schedule, sinusoidal time embedding, EMA weights for ancestral sampling."""
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Config:
    steps: int = 50
    hidden: int = 48
    iters: int = 60
    batch: int = 64
    lr: float = 2e-3
    ema: float = 0.98


def cosine_betas(steps: int, s: float = 0.008) -> Tensor:
    t = torch.linspace(0, steps, steps + 1) / steps
    f = torch.cos((t + s) / (1 + s) * math.pi / 2) ** 2
    return (1 - f[1:] / f[:-1]).clamp(max=0.999)


def time_embedding(t: Tensor, dim: int) -> Tensor:
    freqs = torch.exp(-math.log(1000) * torch.arange(dim // 2) / (dim // 2))
    args = t.float()[:, None] * freqs[None]
    return torch.cat([args.sin(), args.cos()], dim=-1)


class Denoiser(nn.Module):
    def __init__(self, cfg: Config) -> None:
        super().__init__()
        self.inp = nn.Linear(2, cfg.hidden)
        self.time = nn.Sequential(nn.Linear(16, cfg.hidden), nn.SiLU(), nn.Linear(cfg.hidden, cfg.hidden))
        self.mid = nn.Linear(cfg.hidden, cfg.hidden)
        self.out = nn.Linear(cfg.hidden, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        h = nn.functional.silu(self.inp(x) + self.time(time_embedding(t, 16)))
        h = h + nn.functional.silu(self.mid(h))
        return self.out(h)


def moons(n: int) -> Tensor:
    a = torch.rand(n) * math.pi
    flip = torch.randint(0, 2, (n,)).float()
    x = torch.stack([a.cos() + flip, a.sin() * (1 - 2 * flip) + 0.3 * flip], 1)
    return x + 0.05 * torch.randn(n, 2)


torch.manual_seed(4)
cfg = Config()
betas = cosine_betas(cfg.steps)
alphas = 1 - betas
bar = alphas.cumprod(0)
model = Denoiser(cfg)
ema = {k: v.clone() for k, v in model.state_dict().items()}
opt = torch.optim.AdamW(model.parameters(), lr=cfg.lr)

for it in range(cfg.iters):
    x0 = moons(cfg.batch)
    t = torch.randint(0, cfg.steps, (cfg.batch,))
    noise = torch.randn_like(x0)
    xt = bar[t, None].sqrt() * x0 + (1 - bar[t, None]).sqrt() * noise
    loss = (model(xt, t) - noise).square().mean()
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    for k, v in model.state_dict().items():
        ema[k].lerp_(v, 1 - cfg.ema)

sampler = Denoiser(cfg)
sampler.load_state_dict(ema)
sampler.eval()
with torch.inference_mode():
    x = torch.randn(128, 2)
    for i in reversed(range(cfg.steps)):
        eps = sampler(x, torch.full((128,), i))
        x = (x - betas[i] / (1 - bar[i]).sqrt() * eps) / alphas[i].sqrt()
        if i:
            x = x + betas[i].sqrt() * torch.randn_like(x)
print(f"loss {loss.item():.3f}, sample std {x.std().item():.2f}")
