# style: flat from top to bottom: AveragedModel, levels from torch.rand, a forked generator
"""Make weather for a simulator of wind farms: a small diffusion model that draws wind vectors."""

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

LEVELS, ROWS = 60, 16
CENTRE, SPREAD = torch.tensor([3.0, 1.0]), 5.0
betas = torch.linspace(1e-3, 0.2, LEVELS)
kept = (1 - betas).cumprod(0)


def measure_wind(hours, seed):
    g = torch.Generator().manual_seed(seed)
    means = torch.tensor([[7.0, 1.0], [-2.0, 5.0], [1.0, -8.0]])
    widths = torch.tensor([[1.6, 0.5], [0.5, 0.9], [0.6, 1.2]])
    kind = torch.multinomial(torch.tensor([0.5, 0.3, 0.2]), hours, replacement=True, generator=g)
    return means[kind] + widths[kind] * torch.randn(hours, 2, generator=g)


class NoiseModel(nn.Module):
    def __init__(self, width=96):
        super().__init__()
        self.level = nn.Embedding(LEVELS, width)
        self.enter = nn.Linear(2, width)
        self.body = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.leave = nn.Linear(width, 2)

    def forward(self, x, t):
        return self.leave(self.body(self.enter(x) + self.level(t)))


def squared_error(net, wind, level, noise):
    share = kept[level][:, None]
    mixed = share**0.5 * (wind - CENTRE) / SPREAD + (1 - share) ** 0.5 * noise
    return (net(mixed, level) - noise).pow(2).mean()


@torch.no_grad()
def held_out(net, wind):
    g = torch.Generator().manual_seed(3)
    level = torch.randint(LEVELS, (len(wind),), generator=g)
    return squared_error(net, wind, level, torch.randn(len(wind), 2, generator=g)).item()


@torch.no_grad()
def draw(net, hours):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        x = torch.randn(hours, 2)
        for k in range(LEVELS - 1, -1, -1):
            x = x - betas[k] / (1 - kept[k]) ** 0.5 * net(x, torch.full((hours,), k))
            x = x / (1 - betas[k]) ** 0.5 + (betas[k] ** 0.5 * torch.randn(hours, 2) if k else 0.0)
    return CENTRE + SPREAD * x


def energy(a, b):
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean()).item()


torch.manual_seed(0)
first_year, second_year = measure_wind(256, 1), measure_wind(256, 2)
net = NoiseModel()
slow = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.98))
adam = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(16):
    for rows in torch.randperm(len(first_year)).split(ROWS):
        level = (LEVELS * torch.rand(len(rows))).long()
        loss = squared_error(net, first_year[rows], level, torch.randn(len(rows), 2))
        adam.zero_grad()
        loss.backward()
        adam.step()
        slow.update_parameters(net)
    print(epoch + 1, round(held_out(net, second_year), 3), round(held_out(slow, second_year), 3), end=" ")
    print(round(energy(draw(slow, 256), second_year), 2))
