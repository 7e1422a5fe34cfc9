"""Several models in a dataclass; the optimizer is given the trunk and one of the heads."""
from dataclasses import dataclass, field

import torch
from torch import nn


@dataclass
class Parts:
    trunk: nn.Module = field(default_factory=lambda: nn.Sequential(nn.Linear(8, 24), nn.ReLU()))
    kind: nn.Module = field(default_factory=lambda: nn.Linear(24, 3))
    size: nn.Module = field(default_factory=lambda: nn.Linear(24, 1))

    def losses(self, x, kind, size):
        h = self.trunk(x)
        return nn.functional.cross_entropy(self.kind(h), kind) + nn.functional.mse_loss(self.size(h).squeeze(-1), size)


torch.manual_seed(7)
parts = Parts()
opt = torch.optim.AdamW([{"params": parts.trunk.parameters()}, {"params": parts.kind.parameters(), "lr": 5e-3}], lr=2e-3)
x = torch.randn(180, 8)
kind, size = x[:, :3].argmax(1), x.norm(dim=1)
for epoch in range(5):
    for rows in torch.randperm(180).split(30):
        opt.zero_grad()
        loss = parts.losses(x[rows], kind[rows], size[rows])
        loss.backward()
        opt.step()
    print(round(loss.item(), 3))
