"""Quantile forecaster of electricity load with gradient bookkeeping in a context manager."""
# where: loss.backward()
from contextlib import contextmanager
import torch
from torch import nn

torch.manual_seed(161)
Q = torch.tensor([0.1, 0.5, 0.9])


def load_series(days):
    h = torch.arange(days * 24.0)
    base = 10 + 3 * torch.sin(h * 6.2832 / 24) + 1.5 * torch.sin(h * 6.2832 / 168)
    return base + (0.3 + 0.5 * (torch.sin(h * 6.2832 / 24) > 0)) * torch.randn(len(h))


def windows(s, past=24):
    w = s.unfold(0, past + 1, 1)
    return w[:, :-1], w[:, -1]


def pinball(pred, y):
    d = y[:, None] - pred
    return torch.maximum(Q * d, (Q - 1) * d).mean()


class Momentum:
    def __init__(self, params, lr, mu=0.9):
        self.params, self.lr, self.mu = list(params), lr, mu
        self.buf = [torch.zeros_like(p) for p in self.params]

    def clear(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()

    @torch.no_grad()
    def move(self):
        for p, b in zip(self.params, self.buf):
            b.mul_(self.mu).add_(p.grad)
            p.add_(b, alpha=-self.lr)


@contextmanager
def fresh_gradients(opt):
    try:
        yield
    finally:
        opt.clear()


s = load_series(40)
mean, std = s[:24 * 30].mean(), s[:24 * 30].std()
x, y = windows((s[:24 * 30] - mean) / std)
xv, yv = windows((s[24 * 30:] - mean) / std)
net = nn.Sequential(nn.Linear(24, 64), nn.ReLU(), nn.Linear(64, len(Q)))
opt = Momentum(net.parameters(), lr=0.02)
for epoch in range(3):
    net.train()
    tot = 0.0
    for i in torch.randperm(len(x)).split(64):
        with fresh_gradients(opt):
            loss = pinball(net(x[i]), y[i])
            loss.backward()
        opt.move()
        tot += loss.item() * len(i)
    net.eval()
    with torch.no_grad():
        p = net(xv)
        inside = ((yv >= p[:, 0]) & (yv <= p[:, 2])).float().mean().item()
    print(f"epoch {epoch} pinball {tot / len(x):.4f} val {pinball(p, yv).item():.4f} inside 80% band {inside:.2f}")
