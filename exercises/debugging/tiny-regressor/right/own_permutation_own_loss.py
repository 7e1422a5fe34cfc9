# style: no DataLoader, own permutation each epoch, mean squared error by hand, p.grad = None in a loop
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn

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


def pick_device():
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def squared_error(preds, targets):
    assert preds.shape == targets.shape, (preds.shape, targets.shape)
    return ((preds - targets) ** 2).mean()


def train(epochs=40, batch_size=32):
    device = pick_device()
    x, y = make_data(n_samples=1024)
    x_test, y_test = make_data(n_samples=512)
    model = TinyRegressor().to(device)
    opt = torch.optim.SGD(model.parameters(), lr=0.03)

    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(x)).split(batch_size):
            xb, yb = x[rows].to(device), y[rows].to(device)
            for p in model.parameters():
                p.grad = None
            loss = squared_error(model(xb), yb)
            loss.backward()
            opt.step()
            total += float(loss.detach()) * len(rows)
        print(f"epoch {epoch:2d}  loss {total / len(x):.4f}")

    with torch.no_grad():
        test_mse = squared_error(model(x_test.to(device)), y_test.to(device)).item()
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
