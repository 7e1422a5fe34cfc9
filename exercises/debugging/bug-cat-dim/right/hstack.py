# style: hstack, and SGD with momentum
"""Foresee how busy a bicycle rental will be: quiet, usual, busy or crowded.

    python bikes.py

A sample is an hour of a day: temperature, wind and rain, and the hour from 0 to 23. One branch reads the weather,
another looks up the hour. Prints the training loss, then the accuracy on hours of another year.
"""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
LEVELS = 4


def make_hours(n_hours: int = 1600) -> tuple[torch.Tensor, torch.Tensor]:
    """Weather and hour (N, 4), and how busy the rental was (N,)."""
    hour = torch.randint(0, 24, (n_hours,))
    weather = torch.randn(n_hours, 3)
    rush = torch.exp(-((hour - 8.0) ** 2) / 4) + torch.exp(-((hour - 17.0) ** 2) / 6)
    day = torch.sin(math.pi * (hour - 6.0) / 12)
    demand = 0.9 * weather[:, 0] - 0.3 * weather[:, 1] - weather[:, 2].clamp(min=0) + 2 * rush + day
    demand = demand + 0.15 * torch.randn(n_hours)
    level = torch.bucketize(demand, torch.tensor([-0.7, 0.4, 1.5]))
    return torch.cat([weather, hour.float().unsqueeze(1)], dim=1), level


class BikeNet(nn.Module):
    """Two branches of equal width under one head: (B, 4) -> (B, 4)."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.weather = nn.Sequential(nn.Linear(3, width), nn.ReLU())
        self.hour = nn.Embedding(24, width)
        self.head = nn.Sequential(nn.Linear(2 * width, 32), nn.ReLU(), nn.Linear(32, LEVELS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weather = self.weather(x[:, :3])
        hour = self.hour(x[:, 3].long())
        both = torch.hstack((weather, hour))
        return self.head(both)


def train(net: nn.Module, batches: DataLoader, epochs: int = 12) -> None:
    """Minimise the cross-entropy."""
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for x, level in batches:
            loss = loss_fn(net(x), level)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() / len(batches)
        if epoch % 3 == 0:
            print(f"epoch {epoch:2d}  loss {total:.4f}")


def accuracy(net: nn.Module, x: torch.Tensor, level: torch.Tensor) -> float:
    """The share of hours whose level is foreseen."""
    net.eval()
    with torch.no_grad():
        return (net(x).argmax(dim=1) == level).float().mean().item()


def main() -> None:
    torch.manual_seed(SEED)
    batches = DataLoader(TensorDataset(*make_hours()), batch_size=64, shuffle=True)
    net = BikeNet()
    train(net, batches)
    print(f"accuracy {accuracy(net, *make_hours(800)):.3f}")


if __name__ == "__main__":
    main()
