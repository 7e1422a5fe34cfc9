# style: other names, layers as attributes, a Dataset class that returns columns, batches of 16
"""Fit a tiny network to noisy points on the line y = 2x + 3."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

SEED = 0
NOISE = 0.3


class NoisyLine(Dataset):
    """Points on a grid over [-2, 2]; each item is a pair of float32 vectors of length 1."""

    def __init__(self, n_samples):
        self.x = np.linspace(-2.0, 2.0, n_samples, dtype=np.float32)
        self.y = np.float32(2.0 * self.x + 3.0 + np.random.normal(0.0, NOISE, n_samples))

    def __len__(self):
        return len(self.x)

    def __getitem__(self, row):
        return self.x[row : row + 1], self.y[row : row + 1]


class Regressor(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.inner = nn.Linear(1, width)
        self.outer = nn.Linear(width, 1)

    def forward(self, x):
        return self.outer(torch.relu(self.inner(x)))


def fit(model, points, device, epochs=25, lr=0.02):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    batches = DataLoader(points, batch_size=16, shuffle=True)
    for epoch in range(1, epochs + 1):
        losses = []
        for inputs, targets in batches:
            optimizer.zero_grad()
            error = nn.functional.mse_loss(model(inputs.to(device)), targets.to(device))
            error.backward()
            optimizer.step()
            losses.append(error.item())
        print(f"epoch {epoch:2d}  loss {sum(losses) / len(losses):.4f}")


@torch.no_grad()
def measure(model, points, device):
    total = 0.0
    for inputs, targets in DataLoader(points, batch_size=128):
        total += nn.functional.mse_loss(model(inputs.to(device)), targets.to(device), reduction="sum").item()
    return total / len(points)


def pick_device():
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def main():
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    device = pick_device()
    model = Regressor().to(device)
    fit(model, NoisyLine(1024), device)
    print(f"held-out mse {measure(model, NoisyLine(512), device):.4f}")


if __name__ == "__main__":
    main()
