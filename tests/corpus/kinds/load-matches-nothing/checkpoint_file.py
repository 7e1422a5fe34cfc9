# break: main
import tempfile
from pathlib import Path

import torch
from torch import nn


def build():
    return nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))


def train(model, x, y, steps):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(steps):
        loss = (model(x) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def main():
    torch.manual_seed(0)
    x = torch.randn(128, 3)
    y = 2 * x[:, :1] - x[:, 1:2] + 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "last.pt"
        model = build()
        print(f"trained {train(model, x, y, 80):.3f}")
        torch.save({"model": model.state_dict(), "steps": 80}, path)

        again = build()
        stored = torch.load(path)
        again.load_state_dict(stored["model"])
        with torch.no_grad():
            print(f"loaded {(again(x) - y).square().mean():.3f}")


main()
