# style: argmax without an axis: one number for the whole batch
# open: argmax-over-the-batch
"""Sort beans into four varieties by six measurements of each bean.

    python exercise1_bugged.py

Prints loss and accuracy after every epoch. N is the number of beans, B the batch size.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
VARIETIES = ("borlotti", "cannellini", "kidney", "pinto")

# The typical bean of each variety: length, width, weight, colour, gloss, speckles, in units of their spread.
TYPICAL = np.array(
    [
        [0.2, 0.9, 0.6, 0.3, -0.7, 1.6],
        [-0.9, -0.4, -0.8, -1.5, 0.5, -1.2],
        [1.3, 0.2, 0.9, 1.4, 1.1, -1.0],
        [-0.6, -0.3, -0.5, -0.2, -0.9, 0.7],
    ]
)


def weigh_and_measure(n_beans: int) -> np.ndarray:
    """A table as the laboratory sends it: one bean a row, (N, 7)."""
    variety = np.random.randint(0, len(VARIETIES), n_beans)  # (N,)
    measured = TYPICAL[variety] + 0.8 * np.random.normal(size=(n_beans, 6))  # (N, 6)
    return np.column_stack([measured, variety]).astype(np.float32)


def make_data(n_beans: int = 1200) -> tuple[torch.Tensor, torch.Tensor]:
    """Measurements and varieties of freshly sampled beans."""
    table = weigh_and_measure(n_beans)
    features = torch.from_numpy(table[:, :-1])
    labels = torch.from_numpy(table[:, -1]).long()
    return features, labels


class BeanSorter(nn.Module):
    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.head = nn.Linear(hidden, len(VARIETIES))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(features))


def train_one_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    """One pass over the training beans; returns their mean loss."""
    model.train()
    total, beans = 0.0, 0
    for features, labels in loader:
        optimizer.zero_grad()
        logits = model(features)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        beans += len(labels)
    return total / beans


@torch.no_grad()
def evaluate(model: nn.Module, loader: DataLoader) -> float:
    """The share of beans that are sorted into the right variety."""
    model.eval()
    hits, beans = 0, 0
    for features, labels in loader:
        predicted = model(features).argmax()
        hits += (predicted == labels).sum().item()
        beans += len(labels)
    return hits / beans


def main() -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train_loader = DataLoader(TensorDataset(*make_data(1200)), batch_size=40, shuffle=True)
    test_loader = DataLoader(TensorDataset(*make_data(600)), batch_size=100)
    model = BeanSorter()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(1, 11):
        loss = train_one_epoch(model, train_loader, optimizer)
        accuracy = evaluate(model, test_loader)
        print(f"epoch {epoch:2d}  loss {loss:.3f}  accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main()
