# style: the data set itself is permuted before each epoch, the loader keeps its order; RMSprop; losses in a preallocated tensor
"""Train a small network to tell three interleaved spirals apart."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
CLASSES = 3
EPOCHS = 20
BATCH_SIZE = 64


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


def pick_device():
    for name, backend in (("cuda", torch.cuda), ("mps", torch.backends.mps)):
        if backend.is_available():
            return torch.device(name)
    return torch.device("cpu")


def shuffled(x, y):
    """The same pairs in a new random order."""
    order = torch.randperm(len(x))
    return TensorDataset(x[order], y[order])


def train_one_epoch(model, loader, criterion, optimizer, device):
    model.train()
    running_loss = torch.zeros(len(loader))
    for step, (x, y) in enumerate(loader):
        optimizer.zero_grad()
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            running_loss[step] = loss.cpu()
    return running_loss.mean().item()


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


def main():
    torch.manual_seed(SEED)
    device = pick_device()
    x_train, y_train = make_spirals(points_per_arm=400)
    val_loader = DataLoader(TensorDataset(*make_spirals(points_per_arm=200)), batch_size=2 * BATCH_SIZE)

    model = SpiralNet().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.003)

    for epoch in range(1, EPOCHS + 1):
        train_loader = DataLoader(shuffled(x_train, y_train), batch_size=BATCH_SIZE)
        train_loss = train_one_epoch(model, train_loader, criterion, optimizer, device)
        val_loss, val_accuracy = validate(model, val_loader, criterion, device)
        print(f"epoch {epoch:2d}  train loss {train_loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
