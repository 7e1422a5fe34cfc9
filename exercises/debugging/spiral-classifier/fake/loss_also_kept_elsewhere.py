# style: item() in the returned list, the tensors themselves in a list of the module
# open: loss-kept-with-graph
"""Train a small network to tell three interleaved spirals apart.

    python pytorch_debug_problem.py

Prints one line per epoch. Validation accuracy should pass 85 % within 20 epochs.
B is the batch size; the plane has 2 coordinates and there are 3 classes, one per spiral arm.
"""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
CLASSES = 3
EPOCHS = 20
BATCH_SIZE = 64
history = []


def make_spirals(points_per_arm: int = 400, noise: float = 0.25) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of three spiral arms, one arm after the other: x (3N, 2) float32 and y (3N,) int64."""
    arms, labels = [], []
    for arm in range(CLASSES):
        radius = torch.linspace(0.1, 1.0, points_per_arm)  # (N,)
        angle = 2 * math.pi * (radius + arm / CLASSES)  # (N,)
        angle = angle + noise * torch.randn(points_per_arm)  # (N,)
        arms.append(torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1))  # (N, 2)
        labels.append(torch.full((points_per_arm,), arm))  # (N,)
    return torch.cat(arms), torch.cat(labels)  # (3N, 2), (3N,)


def block(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    """(B, inputs) -> (B, outputs)"""
    return nn.Sequential(
        nn.Linear(inputs, outputs),
        nn.BatchNorm1d(outputs),
        nn.ReLU(),
        nn.Dropout(dropout),
    )


class SpiralNet(nn.Module):
    """Two normalised hidden layers and a small head: (B, 2) -> (B, 3)."""

    def __init__(self, hidden: int = 64, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = nn.Sequential(block(2, hidden, dropout), block(hidden, hidden, dropout))
        self.classifier = nn.Sequential(
            nn.Linear(hidden, 32),
            nn.ReLU(),
            nn.Linear(32, CLASSES),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = self.features(x)  # (B, 2) -> (B, 64)
        return self.classifier(features)  # (B, 64) -> (B, 3)


def train_one_epoch(model, loader, criterion, optimizer, device) -> float:
    """One pass over the training set; returns the mean loss over its batches."""
    model.train()
    running_loss = []
    for x, y in loader:
        x, y = x.to(device), y.to(device)  # (B, 2), (B,)
        optimizer.zero_grad()
        outputs = model(x)  # (B, 2) -> (B, 3)
        loss = criterion(outputs, y)  # (B, 3), (B,) -> ()
        loss.backward()
        optimizer.step()
        running_loss.append(loss.item())
        history.append(loss)
    return sum(running_loss) / len(running_loss)


def validate(model, loader, criterion, device) -> tuple[float, float]:
    """Mean loss and accuracy over a whole loader."""
    model.eval()
    total_loss, correct, seen = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)  # (B, 2), (B,)
            outputs = model(x)  # (B, 2) -> (B, 3)
            total_loss += criterion(outputs, y).item() * len(y)
            correct += (outputs.argmax(dim=1) == y).sum().item()  # (B,) -> ()
            seen += len(y)
    return total_loss / seen, correct / seen


def main() -> None:
    torch.manual_seed(SEED)

    if torch.cuda.is_available():
        device = torch.device("cuda")
    elif torch.backends.mps.is_available():
        device = torch.device("mps")
    else:
        device = torch.device("cpu")

    train_set = TensorDataset(*make_spirals(points_per_arm=400))
    val_set = TensorDataset(*make_spirals(points_per_arm=200))
    train_loader = DataLoader(train_set, batch_size=BATCH_SIZE, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=2 * BATCH_SIZE)

    model = SpiralNet().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)

    for epoch in range(1, EPOCHS + 1):
        train_loss = train_one_epoch(model, train_loader, criterion, optimizer, device)
        val_loss, val_accuracy = validate(model, val_loader, criterion, device)
        print(f"epoch {epoch:2d}  train loss {train_loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
