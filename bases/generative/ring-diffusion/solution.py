"""A denoising diffusion model for points on a ring, with an exponential moving average of its weights."""

import copy
import math

import torch
from torch import nn

STEPS = 40


class Schedule:
    """The cumulative products of the usual linear noise schedule, for STEPS steps."""

    def __init__(self, device):
        betas = torch.linspace(1e-3, 0.18, STEPS, device=device)
        self.kept = torch.cumprod(1 - betas, dim=0)

    def noisy(self, points, noise, t):
        kept = self.kept[t].unsqueeze(1)
        return kept.sqrt() * points + (1 - kept).sqrt() * noise


class NoiseModel(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.time = nn.Sequential(nn.Embedding(STEPS, width), nn.SiLU(), nn.Linear(width, width))
        self.enter = nn.Linear(2, width)
        self.body = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.leave = nn.Linear(width, 2)

    def forward(self, points, t):
        return self.leave(self.body(self.enter(points) + self.time(t)))


class Average:
    """A copy of the model whose weights follow slowly."""

    def __init__(self, model, decay=0.98):
        self.model = copy.deepcopy(model).requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, model):
        for mine, theirs in zip(self.model.parameters(), model.parameters()):
            mine.lerp_(theirs, 1 - self.decay)


def ring(count):
    angle = 2 * math.pi * torch.rand(count)
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.03 * torch.randn(count, 2)


def training_loss(model, schedule, points):
    t = torch.randint(STEPS, (len(points),), device=points.device)
    noise = torch.randn_like(points)
    return (model(schedule.noisy(points, noise, t), t) - noise).square().mean()


def main(updates=360, batch=128):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    schedule = Schedule(device)
    model = NoiseModel().to(device)
    average = Average(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    held_out = ring(512).to(device)
    data = ring(4096)
    for update in range(1, updates + 1):
        points = data[torch.randint(len(data), (batch,))].to(device)
        loss = training_loss(model, schedule, points)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update(model)
        if update % 90 == 0:
            average.model.eval()
            with torch.no_grad():
                error = training_loss(average.model, schedule, held_out).item()
            print(f"update {update}  loss {loss.item():.3f}  held out {error:.3f}")


if __name__ == "__main__":
    main()
