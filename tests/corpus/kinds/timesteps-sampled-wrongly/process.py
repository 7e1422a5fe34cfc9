# break: Process.loss.timesteps#1
# where: self.net(
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.layers = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 4))

    def forward(self, x, timesteps):
        return self.layers(torch.cat([x, timesteps[:, None] / self.steps], dim=1))


class Process:
    def __init__(self, steps=12):
        self.steps = steps
        self.alphas = 1 - torch.linspace(0.01, 0.4, steps)
        self.bars = self.alphas.cumprod(0)
        self.net = Net(steps)

    def loss(self, x):
        timesteps = torch.randint(self.steps, (x.shape[0],))
        noise = torch.randn_like(x)
        bar = self.bars[timesteps][:, None]
        return (self.net(bar.sqrt() * x + (1 - bar).sqrt() * noise, timesteps) - noise).square().mean()

    @torch.no_grad()
    def sample(self, n):
        x = torch.randn(n, 4)
        for step in reversed(range(self.steps)):
            guess = self.net(x, torch.full((n,), step))
            x = (x - (1 - self.alphas[step]) / (1 - self.bars[step]).sqrt() * guess) / self.alphas[step].sqrt()
        return x


def main():
    torch.manual_seed(1)
    data = torch.randn(192, 4) * torch.tensor([1.0, 0.2, 0.5, 0.1]) + 1
    process = Process()
    optimizer = torch.optim.AdamW(process.net.parameters(), lr=3e-3)
    for epoch in range(5):
        for batch in torch.utils.data.DataLoader(data, batch_size=24, shuffle=True):
            optimizer.zero_grad()
            process.loss(batch).backward()
            optimizer.step()
    print(process.sample(8).mean(0))


main()
