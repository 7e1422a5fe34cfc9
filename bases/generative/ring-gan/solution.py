"""A GAN learns to throw points onto a ring."""

import math

import torch
from torch import nn

NOISE = 4


def ring(count):
    """Points (count, 2) near the unit circle."""
    angle = 2 * math.pi * torch.rand(count)
    radius = 1 + 0.05 * torch.randn(count)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)


class Generator(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(NOISE, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2)
        )

    def forward(self, z):
        return self.net(z)


class Discriminator(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2), nn.Linear(width, 1)
        )

    def forward(self, points):
        return self.net(points).squeeze(1)


def train(steps=256, batch=96):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    generator, discriminator = Generator().to(device), Discriminator().to(device)
    g_optimizer = torch.optim.Adam(generator.parameters(), lr=1.5e-3, betas=(0.5, 0.99))
    d_optimizer = torch.optim.Adam(discriminator.parameters(), lr=6e-3, betas=(0.5, 0.99))
    criterion = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(batch, device=device), torch.zeros(batch, device=device)

    for step in range(1, steps + 1):
        real = ring(batch).to(device)
        fake = generator(torch.randn(batch, NOISE, device=device))

        d_optimizer.zero_grad()
        d_loss = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
        d_loss.backward()
        d_optimizer.step()

        g_optimizer.zero_grad()
        g_loss = criterion(discriminator(fake), ones)
        g_loss.backward()
        g_optimizer.step()

        if step % 64 == 0:
            with torch.no_grad():
                generator.eval()
                radius = generator(torch.randn(400, NOISE, device=device)).norm(dim=1)
                generator.train()
            print(f"step {step}  d {d_loss.item():.3f}  g {g_loss.item():.3f}  radius {radius.mean():.2f}")
    return generator


if __name__ == "__main__":
    train()
