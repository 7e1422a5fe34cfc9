"""Least-squares GAN on a ring, losses written out by hand."""
import math

import torch
from torch import nn

torch.manual_seed(31)
Z = 4


def sample_ring(n):
    angle = torch.rand(n) * 2 * math.pi
    ring = torch.stack([angle.cos(), angle.sin()], 1)
    return ring + 0.05 * torch.randn(n, 2)


def mlp(sizes, last=None):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(a, b), nn.LeakyReLU(0.2)]
    layers.pop()
    if last is not None:
        layers.append(last)
    return nn.Sequential(*layers)


generator = mlp([Z, 32, 32, 2])
discriminator = mlp([2, 32, 32, 1])
g_opt = torch.optim.RMSprop(generator.parameters(), lr=5e-4)
d_opt = torch.optim.RMSprop(discriminator.parameters(), lr=5e-4)

for it in range(60):
    real = sample_ring(48)
    fake = generator(torch.randn(48, Z))

    # discriminator: push real to 1 and fake to 0
    d_real = discriminator(real)
    d_fake = discriminator(fake.detach())
    d_loss = 0.5 * (((d_real - 1) ** 2).mean() + (d_fake**2).mean())
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()

    # generator: make the discriminator say 1
    g_loss = 0.5 * ((discriminator(fake) - 1) ** 2).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()

    if it % 20 == 0:
        print(f"[{it:3d}] d {d_loss.item():.3f} g {g_loss.item():.3f}")

with torch.no_grad():
    points = generator(torch.randn(100, Z))
print("mean radius", points.norm(dim=1).mean().item())
