# style: make_data stays plain NumPy, train converts dtype and shape; model moved in place; learning rate 0.01
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
NOISE = 0.3


def make_data(n_samples=1024):
    """A grid over [-2, 2] and its noisy targets, both (N,) float64 arrays."""
    x = np.linspace(-2.0, 2.0, n_samples)
    y = 2.0 * x + 3.0 + np.random.normal(0.0, NOISE, n_samples)
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


def column(values):
    """(N,) float64 -> (N, 1) float32"""
    return torch.tensor(values, dtype=torch.float32)[:, None]


def train(epochs=40, batch_size=32):
    if torch.cuda.is_available():
        device = torch.device("cuda")
    elif torch.backends.mps.is_available():
        device = torch.device("mps")
    else:
        device = torch.device("cpu")

    x, y = map(column, make_data(n_samples=1024))
    x_test, y_test = map(column, make_data(n_samples=512))
    dl = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)

    model = TinyRegressor()
    model.to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.SGD(model.parameters(), lr=0.01)

    for epoch in range(1, epochs + 1):
        total = 0.0
        for xb, yb in dl:
            xb, yb = xb.to(device), yb.to(device)
            model.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            total += loss.item() * len(xb)
        print(f"epoch {epoch:2d}  loss {total / len(x):.4f}")

    with torch.inference_mode():
        test_mse = loss_fn(model(x_test.to(device)), y_test.to(device)).item()
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
