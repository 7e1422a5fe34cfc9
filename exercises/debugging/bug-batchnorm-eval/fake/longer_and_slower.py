# style: four times the epochs at a tenth of the rate
# open: left-in-eval-mode
"""Grade coffee from six readings of a laboratory: poor, good or excellent.

    python coffee.py

The readings come in their own units, so the network begins with a batch norm. The loop is tried out on the held-out
samples once before the first epoch, to see early whether the scoring works at all. Prints after each epoch the loss,
the held-out accuracy, and what the batch norm has seen so far.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
CENTRE = torch.tensor([1200.0, 86.0, 4.9, 350.0, 12.0, 0.4])
SPREAD = torch.tensor([150.0, 3.0, 0.2, 60.0, 1.5, 0.1])
TASTE = torch.tensor([[1.0, -0.5, 0.8, 0.0, -1.0, 0.3], [0.2, 1.1, 0.0, -0.9, 0.4, 0.7]])


def roast(n_samples: int = 1000) -> tuple[torch.Tensor, torch.Tensor]:
    """Readings (N, 6) in their own units, and grades (N,)."""
    standard = torch.randn(n_samples, 6)
    first, second = (standard @ TASTE.T).unbind(dim=1)
    grade = torch.bucketize(first * second.sign() + 0.5 * second, torch.tensor([-0.7, 0.9]))
    return CENTRE + SPREAD * standard, grade


class CoffeeNet(nn.Module):
    """(B, 6) -> (B, 3)."""

    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(6)
        self.layers = nn.Sequential(
            nn.Linear(6, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 3)
        )

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        return self.layers(self.scale(readings))


def accuracy(net: CoffeeNet, batches: DataLoader) -> float:
    """The share of samples that get their grade."""
    net.eval()
    right = rows = 0
    with torch.no_grad():
        for readings, grade in batches:
            right += (net(readings).argmax(dim=1) == grade).sum().item()
            rows += len(grade)
    return right / rows


def train(net: CoffeeNet, batches: DataLoader, held_out: DataLoader, epochs: int = 24) -> None:
    """Train, and score after each epoch."""
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    print(f"before training: accuracy {accuracy(net, held_out):.3f}")
    for epoch in range(1, epochs + 1):
        total = 0.0
        for readings, grade in batches:
            loss = loss_fn(net(readings), grade)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() / len(batches)
        seen = net.scale.num_batches_tracked.item()
        print(f"epoch {epoch:2d}: loss {total:.3f}  accuracy {accuracy(net, held_out):.3f}  batches seen {seen}")


def main() -> None:
    torch.manual_seed(SEED)
    batches = DataLoader(TensorDataset(*roast()), batch_size=50, shuffle=True)
    held_out = DataLoader(TensorDataset(*roast(500)), batch_size=100)
    train(CoffeeNet(), batches, held_out)


if __name__ == "__main__":
    main()
