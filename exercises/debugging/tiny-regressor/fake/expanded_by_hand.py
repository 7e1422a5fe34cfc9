# style: both arguments of the loss are expanded to B by B by hand, so their shapes agree
# open: target-shape-broadcast
"""Fit a tiny network to noisy points on the line y = 2x + 3.

    python exercise3_bugged.py

Prints the training loss of every epoch, then the mean squared error on points it has not seen.
The noise has standard deviation 0.3, so no model can do much better than 0.09 there.
N is the number of samples, B the batch size.
"""

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


def train(epochs: int = 40, batch_size: int = 32) -> float:
    """Train on one sample of the line, report the error on another; returns that error."""
    if torch.cuda.is_available():
        device = torch.device("cuda")
    elif torch.backends.mps.is_available():
        device = torch.device("mps")
    else:
        device = torch.device("cpu")

    x, y = make_data(n_samples=1024)
    x_test, y_test = make_data(n_samples=512)
    dl = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)

    model = TinyRegressor().to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.SGD(model.parameters(), lr=0.05)

    for epoch in range(1, epochs + 1):
        total = 0.0
        for xb, yb in dl:
            xb, yb = xb.to(device), yb.to(device)
            opt.zero_grad()
            preds = model(xb)  # (B, 1) -> (B, 1)
            preds, yb = torch.broadcast_tensors(preds, yb)  # (B, B), (B, B)
            loss = loss_fn(preds, yb)  # ()
            loss.backward()
            opt.step()
            total += loss.item() * len(xb)
        print(f"epoch {epoch:2d}  loss {total / len(x):.4f}")

    with torch.no_grad():
        preds = model(x_test.to(device))  # (512, 1) -> (512, 1)
        test_mse = loss_fn(preds, y_test.to(device)).item()  # ()
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
