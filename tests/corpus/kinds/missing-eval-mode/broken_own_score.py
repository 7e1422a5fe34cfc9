"""Clouds of points; the score is written by hand."""
# where: self.net(x) for x, _
import torch
import torch.nn as nn
from typing import Iterator


class SetEncoder(nn.Module):
    def __init__(self, d_in=3, d=48, p=0.25):
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(d_in, d), nn.ReLU(), nn.Dropout(p), nn.Linear(d, d), nn.ReLU())
        self.rho = nn.Sequential(nn.Linear(d, d), nn.ReLU(), nn.Dropout(p), nn.Linear(d, 1))

    def forward(self, pts):
        return self.rho(self.phi(pts).mean(1)).squeeze(-1)


class Experiment:
    def __init__(self, seed: int = 0) -> None:
        torch.manual_seed(seed)
        self.net = SetEncoder()
        self.opt = torch.optim.Adam(self.net.parameters(), lr=2e-3)
        self.train_set = self.clouds(360)
        self.test_set = self.clouds(120)

    @staticmethod
    def clouds(n: int):
        scale = 0.5 + torch.rand(n, 3)
        pts = torch.randn(n, 20, 3) * scale[:, None]
        return pts, scale.prod(1).log()

    @staticmethod
    def chunks(data, size: int, shuffle: bool) -> Iterator:
        x, y = data
        order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
        for ix in order.split(size):
            yield x[ix], y[ix]

    def one_epoch(self) -> float:
        self.net.train()
        losses = []
        for x, y in self.chunks(self.train_set, 45, True):
            self.opt.zero_grad()
            loss = nn.functional.huber_loss(self.net(x), y)
            loss.backward()
            self.opt.step()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    @torch.inference_mode()
    def predict(self, data) -> torch.Tensor:
        return torch.cat([self.net(x) for x, _ in self.chunks(data, 100, False)])

    def r2(self) -> float:
        y = self.test_set[1]
        return (1 - (self.predict(self.test_set) - y).var() / y.var()).item()

    def run(self, epochs: int = 4) -> None:
        for e in range(epochs):
            loss = self.one_epoch()
            print(f"{e}: train {loss:.4f}  test r2 {self.r2():.3f}")


Experiment().run()
