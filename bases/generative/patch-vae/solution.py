# A variational autoencoder for 6 x 6 stripes, flat from top to bottom.
import torch
import torch.nn as nn
import torch.nn.functional as F

SIDE, LATENT, ROWS = 6, 2, 640

phase = 6.283 * torch.rand(ROWS, 1, 1)
slope = 6.283 * torch.rand(ROWS, 1, 1)
grid = torch.arange(SIDE, dtype=torch.float32)
images = torch.sin(phase + slope.cos() * grid[None, :, None] + slope.sin() * grid[None, None, :]) * 0.5 + 0.5
images = images.reshape(ROWS, SIDE * SIDE)
train_images, test_images = images[:512], images[512:]

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(SIDE * SIDE, 64), nn.ReLU())
        self.mean = nn.Linear(64, LATENT)
        self.log_variance = nn.Linear(64, LATENT)
        self.decoder = nn.Sequential(nn.Linear(LATENT, 64), nn.ReLU(), nn.Linear(64, SIDE * SIDE))

    def forward(self, x):
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean) if self.training else mean
        return self.decoder(z), mean, log_variance


vae = VAE().to(device)
optimizer = torch.optim.Adam(vae.parameters(), lr=4e-3)
loader = torch.utils.data.DataLoader(train_images, batch_size=32, shuffle=True)

for epoch in range(15):
    vae.train()
    running = 0.0
    for batch in loader:
        batch = batch.to(device)
        logits, mean, log_variance = vae(batch)
        reconstruction = F.binary_cross_entropy_with_logits(logits, batch, reduction="sum") / len(batch)
        divergence = -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum(dim=1).mean()
        loss = reconstruction + 0.1 * divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        running += loss.item()
    vae.eval()
    with torch.no_grad():
        logits, _, _ = vae(test_images.to(device))
        error = (torch.sigmoid(logits).cpu() - test_images).square().mean().item()
    print(f"epoch {epoch:2d}  loss {running / len(loader):.3f}  squared error {error:.4f}")
