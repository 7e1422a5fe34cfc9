"""Curves that are smoothed on their way to the error, beside a penalty on weights."""
# where: loss.backward()
import numpy as np
import torch
from torch import nn


def smooth(curve, width=5):
    kernel = np.ones(width) / width
    rows = [np.convolve(c, kernel, mode="valid") for c in np.asarray(curve.tolist())]
    return torch.tensor(np.stack(rows), dtype=torch.float32)


class Objective:
    def __init__(self, weight_penalty=1e-3):
        self.weight_penalty = weight_penalty

    def __call__(self, net, pred, target):
        fit = (smooth(pred) - smooth(target)).abs().mean()
        ridge = sum(p.pow(2).sum() for p in net.parameters() if p.dim() > 1)
        self.last_fit = fit.item()
        return fit + self.weight_penalty * ridge


class Horizon(nn.Module):
    def __init__(self, past, future, width=48):
        super().__init__()
        self.enc = nn.Linear(past, width)
        self.dec = nn.Linear(width, future)

    def forward(self, x):
        return self.dec(torch.tanh(self.enc(x)))


def curves(n, past=24, future=16):
    t = torch.arange(past + future) / 10
    a, b, c = torch.randn(3, n, 1)
    s = a * torch.sin(t + b) + 0.3 * c * t + 0.1 * torch.randn(n, past + future)
    return s[:, :past], s[:, past:]


def main():
    torch.manual_seed(0)
    x, y = curves(300)
    xv, yv = curves(60)
    net, goal = Horizon(24, 16), Objective()
    opt = torch.optim.Adam(net.parameters(), lr=3e-3)
    for epoch in range(3):
        net.train()
        fits = []
        for ix in torch.randperm(300).split(30):
            opt.zero_grad()
            loss = goal(net, net(x[ix]), y[ix])
            loss.backward()
            opt.step()
            fits.append(goal.last_fit)
        net.eval()
        with torch.no_grad():
            goal(net, net(xv), yv)
        print(f"epoch {epoch} objective {loss.item():.4f} fit {np.mean(fits):.4f} held-out {goal.last_fit:.4f}")


main()
