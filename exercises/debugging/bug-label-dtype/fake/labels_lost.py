# style: fresh integer labels without a meaning take the place of the floats
# open: none
"""Tell four kinds of trees apart by four measurements of a leaf.

    python leaves.py

The measurements and the kind of tree stand in one table, a leaf per row, the kind in the last column. Prints the mean
training loss of every other epoch, then the accuracy on leaves of another collection.
"""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
KINDS = ("oak", "beech", "lime", "birch")
# Length, width, stalk in cm; number of teeth.
TYPICAL = np.array([[10.0, 6.0, 0.8, 6.0], [8.0, 5.0, 1.2, 9.0], [7.5, 7.0, 3.5, 14.0], [5.5, 4.0, 2.5, 17.0]])
SPREAD = np.array([1.4, 0.9, 0.5, 2.5])


def collect(n_leaves: int) -> np.ndarray:
    """A table of leaves: four measurements, then the kind."""
    kind = np.random.randint(len(KINDS), size=n_leaves)
    measured = TYPICAL[kind] + SPREAD * np.random.randn(n_leaves, SPREAD.size)
    return np.column_stack([measured, kind])  # (N, 5)


def load(n_leaves: int = 960) -> tuple[torch.Tensor, torch.Tensor]:
    """Standardised measurements and kinds."""
    table = torch.from_numpy(collect(n_leaves))
    measured = (table[:, :-1] - torch.from_numpy(TYPICAL.mean(axis=0))) / torch.from_numpy(SPREAD)
    features = measured.float()  # (N, 4)
    labels = torch.zeros(len(table), dtype=torch.long)  # (N,)
    return features, labels


class LeafNet(nn.Module):
    """Scores of the four kinds: (B, 4) -> (B, 4)."""

    def __init__(self, hidden: int = 24) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, hidden), nn.Tanh(), nn.Linear(hidden, len(KINDS)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def train(net: nn.Module, batches: DataLoader, epochs: int = 12) -> None:
    """Minimise the cross-entropy."""
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(1, epochs + 1):
        losses = []
        for features, labels in batches:
            optimizer.zero_grad()
            loss = criterion(net(features), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % 2 == 0:
            print(f"epoch {epoch:2d}  loss {sum(losses) / len(losses):.4f}")


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    batches = DataLoader(TensorDataset(*load()), batch_size=32, shuffle=True)
    features, labels = load(480)
    net = LeafNet()
    train(net, batches)
    net.eval()
    with torch.no_grad():
        found = net(features).argmax(dim=1)  # (480,)
    print(f"accuracy {(found == labels).float().mean().item():.3f}")


if __name__ == "__main__":
    main()
