# break: Denoising.run.seed
# break: Denoising.run_epoch.batch
# where: torch.manual_seed(
import torch
from torch import nn


class Denoising:
    """Learns to remove noise that is drawn anew for each batch."""

    def __init__(self, signals, seed):
        self.signals, self.seed = signals, seed
        self.net = nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 16))
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.01)

    def loss(self, clean):
        noisy = clean + 0.3 * torch.randn_like(clean)
        return nn.functional.mse_loss(self.net(noisy), clean)

    def run_epoch(self):
        for clean in self.signals.split(32):
            self.optimizer.zero_grad()
            loss = self.loss(clean)
            loss.backward()
            self.optimizer.step()
        return loss.item()

    def run(self, epochs):
        for epoch in range(epochs):
            torch.manual_seed(self.seed + epoch)
            print(epoch, round(self.run_epoch(), 4))


torch.manual_seed(2)
time = torch.linspace(0, 1, 16)
Denoising(torch.sin(6 * time + 6 * torch.rand(128, 1)), seed=40).run(6)
