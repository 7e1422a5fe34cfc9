"""Density estimation with coupling layers; negative log-likelihood in bits, best epoch kept, samples by inversion."""
import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Coupling(nn.Module):
    def __init__(self, dim, hidden, flip):
        super().__init__()
        self.flip, self.half = flip, dim // 2
        self.net = nn.Sequential(nn.Linear(self.half, hidden), nn.ReLU(), nn.Linear(hidden, 2 * (dim - self.half)))
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = x.chunk(2, dim=1) if not self.flip else x.chunk(2, dim=1)[::-1]
        s, t = self.net(a).chunk(2, dim=1)
        s = torch.tanh(s)
        b = b * s.exp() + t
        return torch.cat([a, b] if not self.flip else [b, a], dim=1), s.sum(1)

    def inverse(self, z):
        a, b = z.chunk(2, dim=1) if not self.flip else z.chunk(2, dim=1)[::-1]
        s, t = self.net(a).chunk(2, dim=1)
        b = (b - t) * (-torch.tanh(s)).exp()
        return torch.cat([a, b] if not self.flip else [b, a], dim=1)


class RealNVP(nn.Module):
    def __init__(self, dim=2, hidden=24, layers=4):
        super().__init__()
        self.layers = nn.ModuleList([Coupling(dim, hidden, i % 2 == 1) for i in range(layers)])
        self.dim = dim

    def log_prob(self, x):
        total = 0
        for layer in self.layers:
            x, logdet = layer(x)
            total = total + logdet
        return total - 0.5 * (x**2).sum(1) - 0.5 * self.dim * math.log(2 * math.pi)

    forward = log_prob

    @torch.no_grad()
    def sample(self, n):
        z = torch.randn(n, self.dim)
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


torch.manual_seed(8)
a = torch.randn(400)
data = torch.stack([a, a**2 * 0.5 + 0.3 * torch.randn(400)], 1)
train, held = TensorDataset(data[:320]), data[320:]
flow = RealNVP()
optimizer = torch.optim.Adam(flow.parameters(), lr=5e-3)
best, kept = float("inf"), None
for epoch in range(6):
    for (x,) in DataLoader(train, batch_size=64, shuffle=True):
        loss = -flow(x).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(flow.parameters(), 10.0)
        optimizer.step()
    with torch.no_grad():
        nll = -flow(held).mean().item()
    if nll < best:
        best, kept = nll, {k: v.clone() for k, v in flow.state_dict().items()}
    print(f"{epoch} train {loss.item():.3f} held out {nll:.3f}")
flow.load_state_dict(kept)
print("sample mean", flow.sample(200).mean(0).tolist())
