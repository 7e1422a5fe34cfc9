# style: everything in main, data set reshuffled before each epoch, learning rate per group with a warm-up, device from the environment
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
NOISE = 0.3


def make_data(n_samples: int = 1024) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs on an even grid over [-2, 2] and their noisy targets."""
    grid = np.linspace(-2.0, 2.0, n_samples)  # (N,)
    line = 2.0 * grid + 3.0 + np.random.normal(0.0, NOISE, n_samples)  # (N,)
    x = torch.from_numpy(grid).float()  # (N,)
    y = torch.from_numpy(line).float()  # (N,)
    x = x.unsqueeze(1)  # (N,) -> (N, 1)
    y = y.unsqueeze(1)  # (N,) -> (N, 1)
    return x, y


class TinyRegressor(nn.Module):
    """One hidden layer: (B, 1) -> (B, 1)."""

    def __init__(self, hidden: int = 16) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(1, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.net(x)  # (B, 1) -> (B, 1)


def main():
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    found = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    device = torch.device(os.environ.get("REGRESSOR_DEVICE", found))

    x, y = make_data()
    model = TinyRegressor().to(device)
    hidden, _, head = model.net
    opt = torch.optim.SGD(
        [{"params": hidden.parameters(), "lr": 0.05}, {"params": head.parameters(), "lr": 0.02}], lr=0.01
    )
    warm_up = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.2, total_iters=20)

    for epoch in range(1, 41):
        order = torch.randperm(len(x))
        total = 0.0
        for xb, yb in DataLoader(TensorDataset(x[order], y[order]), batch_size=32):
            opt.zero_grad()
            loss = nn.functional.mse_loss(model(xb.to(device)), yb.to(device))
            loss.backward()
            opt.step()
            warm_up.step()
            total += loss.item() * len(xb)
        print(f"epoch {epoch:2d}  loss {total / len(x):.4f}")

    x_test, y_test = make_data(n_samples=512)
    with torch.set_grad_enabled(False):
        test_mse = nn.functional.mse_loss(model(x_test.to(device)).cpu(), y_test).item()
    print(f"held-out mse {test_mse:.4f}")


if __name__ == "__main__":
    main()
