# style: dtype and shape mended per batch in the loop, zero_grad between forward and backward, AdamW
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
NOISE = 0.3


def make_data(n_samples=1024):
    """A grid over [-2, 2] and its noisy targets, both (N,) float64."""
    x = np.linspace(-2.0, 2.0, n_samples)
    y = 2.0 * x + 3.0 + np.random.normal(0.0, NOISE, n_samples)
    return torch.from_numpy(x), torch.from_numpy(y)


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


def train(epochs=40, batch_size=32):
    device = pick_device()
    x, y = make_data(n_samples=1024)
    x_test, y_test = make_data(n_samples=512)
    dl = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)

    model = TinyRegressor().to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.AdamW(model.parameters(), lr=5e-3)

    def prepare(values):
        return values.unsqueeze(-1).to(device=device, dtype=torch.float32)

    for epoch in range(1, epochs + 1):
        total = torch.zeros(())
        for xb, yb in dl:
            loss = loss_fn(model(prepare(xb)), prepare(yb))
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.detach().cpu() * len(xb)
        print(f"epoch {epoch:2d}  loss {total / len(x):.4f}")

    model.requires_grad_(False)
    test_mse = loss_fn(model(prepare(x_test)), prepare(y_test)).item()
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
