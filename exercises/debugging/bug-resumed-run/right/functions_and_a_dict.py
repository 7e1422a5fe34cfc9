# style: no class for the run: functions over a dict of parts, LambdaLR, clones, a generator of the loader seeded by epoch
"""Forecast how many bikes a city will rent, in a run that is interrupted and goes on."""

import io
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset

SEED, EPOCHS, INTERRUPTED_AT = 4, 30, 6


def hours(count, noise, seed):
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(count, 12, generator=draw)
    y = 3 + 2 * x[:, 0].tanh() - 0.5 * x[:, 1] + x[:, 2] * (x[:, 3] < 0.5)
    return x, (y + noise * torch.randn(count, generator=draw))[:, None]


class Demand(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(12, 192), nn.Linear(192, 192), nn.Linear(192, 1)
        self.drop = nn.Dropout(0.05)

    def forward(self, x):
        x = self.drop(F.relu(self.first(x)))
        return self.last(self.drop(F.relu(self.second(x))))


def build(batches):
    net = Demand()
    opt = torch.optim.AdamW(net.parameters(), lr=8e-4, weight_decay=0.01)
    fall = LambdaLR(opt, lambda update: 0.5 + 0.5 * math.cos(math.pi * update / (EPOCHS * batches)))
    return {"net": net, "opt": opt, "fall": fall}


def score(net, data):
    net.eval()
    with torch.inference_mode():
        return F.mse_loss(net(data[0]), data[1]).item()


def train(parts, done, until, loader, order, held_out, best):
    for epoch in range(done, until):
        order.manual_seed(1000 * SEED + epoch)
        torch.manual_seed(epoch)
        parts["net"].train()
        for x, y in loader:
            F.mse_loss(parts["net"](x), y).backward()
            parts["opt"].step()
            parts["fall"].step()
            parts["opt"].zero_grad()
        error = score(parts["net"], held_out)
        print(f"epoch {epoch + 1} {error:.3f}")
        if best is None or error < best[0]:
            best = error, {name: tensor.detach().clone() for name, tensor in parts["net"].state_dict().items()}
    return best


def main():
    torch.manual_seed(SEED)
    order = torch.Generator()
    loader = DataLoader(TensorDataset(*hours(160, 1.5, 1)), 16, shuffle=True, generator=order)
    held_out = hours(1000, 0.3, 2)

    parts = build(len(loader))
    best = train(parts, 0, INTERRUPTED_AT, loader, order, held_out, None)
    disk = io.BytesIO()
    torch.save({**{name: part.state_dict() for name, part in parts.items()}, "best": best}, disk)

    disk.seek(0)
    saved = torch.load(disk, weights_only=True)
    parts = build(len(loader))
    for name, part in parts.items():
        part.load_state_dict(saved[name])
    error, state = train(parts, INTERRUPTED_AT, EPOCHS, loader, order, held_out, saved["best"])
    parts["net"].load_state_dict(state)
    print(f"best {error:.3f}, restored {score(parts['net'], held_out):.3f}")


main()
