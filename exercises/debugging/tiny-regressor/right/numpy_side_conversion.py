# style: float32 and columns already in NumPy, Adam, torch.accelerator, set_to_none, RandomSampler
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

SEED = 0
NOISE = 0.3


def make_data(n_samples=1024):
    x = np.linspace(-2.0, 2.0, n_samples).astype(np.float32).reshape(-1, 1)
    noise = np.random.normal(0.0, NOISE, size=(n_samples, 1))
    y = (2.0 * x + 3.0 + noise).astype(np.float32)
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


def train(epochs=40, batch_size=32):
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else torch.device("cpu")
    dataset = TensorDataset(*make_data(n_samples=1024))
    x_test, y_test = make_data(n_samples=512)
    dl = DataLoader(dataset, batch_size=batch_size, sampler=RandomSampler(dataset))

    model = TinyRegressor().to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.Adam(model.parameters(), lr=0.01)

    for epoch in range(1, epochs + 1):
        losses = []
        for xb, yb in dl:
            xb, yb = xb.to(device), yb.to(device)
            opt.zero_grad(set_to_none=True)
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            losses.append(loss.item())
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}")

    with torch.no_grad():
        test_mse = loss_fn(model(x_test.to(device)), y_test.to(device)).item()
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
