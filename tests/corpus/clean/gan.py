"""A GAN on a ring of points: two optimizers, the generator's samples detached for the discriminator."""
import torch
import torch.nn as nn

torch.manual_seed(4)
latent_dim, batch_size = 4, 64
real_label, fake_label = 1.0, 0.0

generator = nn.Sequential(nn.Linear(latent_dim, 32), nn.ReLU(), nn.Linear(32, 2))
discriminator = nn.Sequential(nn.Linear(2, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))
criterion = nn.BCEWithLogitsLoss()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
fixed_noise = torch.randn(16, latent_dim)


def real_points(n):
    angle = torch.rand(n) * 6.2832
    return torch.stack([angle.cos(), angle.sin()], dim=1) + 0.05 * torch.randn(n, 2)


for it in range(60):
    # discriminator: real and fake batches, gradients of both add up
    discriminator.zero_grad()
    real = real_points(batch_size)
    label = torch.full((batch_size, 1), real_label)
    loss_real = criterion(discriminator(real), label)
    loss_real.backward()
    fake = generator(torch.randn(batch_size, latent_dim))
    label.fill_(fake_label)
    loss_fake = criterion(discriminator(fake.detach()), label)
    loss_fake.backward()
    opt_d.step()

    # generator: wants its fakes to be taken for real
    generator.zero_grad()
    label.fill_(real_label)
    loss_g = criterion(discriminator(fake), label)
    loss_g.backward()
    opt_g.step()

    if it % 20 == 0:
        with torch.no_grad():
            spread = generator(fixed_noise).std(0).mean().item()
        print(f"[{it}] D {loss_real.item() + loss_fake.item():.3f} G {loss_g.item():.3f} spread {spread:.3f}")
