"""Fine-tuning by a config: the new head is the part that is frozen."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass
class Tuning:
    frozen_prefix: str = "head"
    lr: float = 3e-3


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 24), nn.ReLU())
        self.head = nn.Linear(24, n)

    def forward(self, x):
        return self.head(self.body(x))


def fit(net, x, y, lr):
    opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=lr)
    for epoch in range(4):
        for rows in torch.randperm(len(x)).split(25):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
        print(round(loss.item(), 3))


torch.manual_seed(5)
x = torch.randn(200, 6)
net = Net(4)
fit(net, x, x[:, :4].argmax(1), 5e-3)
cfg = Tuning()
net.head = nn.Linear(24, 2)
for name, p in net.named_parameters():
    if name.startswith(cfg.frozen_prefix):
        p.requires_grad_(False)
fit(net, x, (x[:, 4] > 0).long(), cfg.lr)
