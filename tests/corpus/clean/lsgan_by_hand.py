"""A least-squares GAN whose losses are written out, alternating in functions of their own."""
import torch
from torch import nn

torch.manual_seed(1)


def mlp(*sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.LeakyReLU(0.1)]
    return nn.Sequential(*layers[:-1])


G, D = mlp(4, 32, 2), mlp(2, 32, 1)
g_opt = torch.optim.RMSprop(G.parameters(), lr=5e-4)
d_opt = torch.optim.RMSprop(D.parameters(), lr=5e-4)


def real_batch(n):
    centre = torch.randint(0, 2, (n, 1)) * 2.0 - 1.0
    return torch.cat([centre, -centre], dim=1) + 0.1 * torch.randn(n, 2)


def update_discriminator(n):
    real, fake = real_batch(n), G(torch.randn(n, 4)).detach()
    loss = 0.5 * ((D(real) - 1) ** 2).mean() + 0.5 * (D(fake) ** 2).mean()
    d_opt.zero_grad()
    loss.backward()
    d_opt.step()
    return loss.item()


def update_generator(n):
    loss = 0.5 * ((D(G(torch.randn(n, 4))) - 1) ** 2).mean()
    g_opt.zero_grad()
    loss.backward()
    g_opt.step()
    return loss.item()


for step in range(60):
    d, g = update_discriminator(32), update_generator(32)
    if step % 20 == 19:
        print(f"step {step + 1}: D {d:.4f} G {g:.4f}")
