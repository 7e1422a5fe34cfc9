# style: a class that trains and evaluates, data moved to the device once, momentum, gradients cleared after the step
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

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
    return x.view(-1, 1), y.view(-1, 1)  # (N, 1), (N, 1)


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


class Trainer:
    def __init__(self, model, device, lr=0.02):
        self.device = device
        self.model = model.to(device)
        self.loss_fn = nn.MSELoss()
        self.opt = torch.optim.SGD(self.model.parameters(), lr=lr, momentum=0.5)

    def step(self, xb, yb):
        loss = self.loss_fn(self.model(xb), yb)
        loss.backward()
        self.opt.step()
        self.opt.zero_grad()
        return loss.item()

    def fit(self, dl, epochs):
        for epoch in range(1, epochs + 1):
            losses = [self.step(xb, yb) for xb, yb in dl]
            print(f"epoch {epoch:2d}  loss {sum(losses) / len(losses):.4f}")

    @torch.no_grad()
    def error(self, x, y):
        return self.loss_fn(self.model(x.to(self.device)), y.to(self.device)).item()


def train(epochs=40, batch_size=32):
    device = pick_device()
    x, y = (part.to(device) for part in make_data(n_samples=1024))
    dl = DataLoader(TensorDataset(x, y), batch_size=batch_size, shuffle=True)
    trainer = Trainer(TinyRegressor(), device)
    trainer.fit(dl, epochs)
    test_mse = trainer.error(*make_data(n_samples=512))
    print(f"held-out mse {test_mse:.4f}")
    return test_mse


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train()


if __name__ == "__main__":
    main()
