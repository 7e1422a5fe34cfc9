# style: optimizer.step(closure), step decay of the learning rate, own index batches through a BatchSampler
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import BatchSampler, RandomSampler, TensorDataset

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


def train(epochs=40, batch_size=32):
    device = torch.device("cpu")
    if torch.backends.mps.is_available():
        device = torch.device("mps")
    if torch.cuda.is_available():
        device = torch.device("cuda")

    points = TensorDataset(*make_data(n_samples=1024))
    model = TinyRegressor().to(device)
    loss_fn = nn.MSELoss()
    opt = torch.optim.SGD(model.parameters(), lr=0.05)
    decay = torch.optim.lr_scheduler.StepLR(opt, step_size=15, gamma=0.3)

    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in BatchSampler(RandomSampler(points), batch_size, drop_last=False):
            xb, yb = (part.to(device) for part in points[rows])

            def closure(xb=xb, yb=yb):
                opt.zero_grad()
                loss = loss_fn(model(xb), yb)
                loss.backward()
                return loss

            total += opt.step(closure).item() * len(rows)
        decay.step()
        print(f"epoch {epoch:2d}  loss {total / len(points):.4f}")

    x_test, y_test = make_data(n_samples=512)
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
