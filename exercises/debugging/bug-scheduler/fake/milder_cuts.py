# style: milder cuts, still counted in batches
# open: none
"""Learn which points of the plane lie on the dark fields of a chess board.

    python board.py

The rate of learning is high at first, to get somewhere, and is cut to a fifth every eight epochs, to settle there.
Prints loss and rate after each epoch, then the accuracy on other points.
"""

import torch
from torch import nn
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
FIELDS = 3


def points(n_points: int = 2000) -> tuple[torch.Tensor, torch.Tensor]:
    """Points (N, 2) on the board, from -1 to 1, and the colour under each (N,)."""
    where = 2 * torch.rand(n_points, 2) - 1
    column, row = ((where + 1) * FIELDS / 2).long().unbind(dim=1)
    return where, (column + row) % 2


class BoardNet(nn.Module):
    """(B, 2) -> (B, 2)."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2)
        )

    def forward(self, where: torch.Tensor) -> torch.Tensor:
        return self.layers(4 * where)


def train(net: nn.Module, batches: DataLoader, epochs: int = 24) -> None:
    """Minimise the cross-entropy."""
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = StepLR(optimizer, step_size=8, gamma=0.9)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for where, colour in batches:
            loss = loss_fn(net(where), colour)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() / len(batches)
            scheduler.step()
        print(f"epoch {epoch:2d}  loss {total:.4f}  rate {optimizer.param_groups[0]['lr']:.2g}")


def main() -> None:
    torch.manual_seed(SEED)
    net = BoardNet()
    train(net, DataLoader(TensorDataset(*points()), batch_size=50, shuffle=True))
    where, colour = points(1000)
    with torch.no_grad():
        right = net(where).argmax(dim=1) == colour
    print(f"accuracy {right.float().mean().item():.3f}")


if __name__ == "__main__":
    main()
