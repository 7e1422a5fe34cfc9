# style: no loop functions, own permutation instead of a DataLoader, running tensor sum detached, warm-up of the learning rate
"""Train a small network to tell three interleaved spirals apart."""

import math

import torch
import torch.nn.functional as F
from torch import nn

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


def main():
    torch.manual_seed(SEED)
    if torch.cuda.is_available():
        device = "cuda"
    elif torch.backends.mps.is_available():
        device = "mps"
    else:
        device = "cpu"

    x_train, y_train = (part.to(device) for part in make_spirals(points_per_arm=400))
    x_val, y_val = (part.to(device) for part in make_spirals(points_per_arm=200))
    model = SpiralNet().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=50)

    for epoch in range(1, EPOCHS + 1):
        model.train()
        order = torch.randperm(len(x_train)).to(device)
        running_loss = torch.zeros((), device=device)
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x_train[rows]), y_train[rows])
            loss.backward()
            optimizer.step()
            warm_up.step()
            running_loss += loss.detach() * len(rows)

        model.eval()
        with torch.no_grad():
            scores = model(x_val)
            val_loss = F.cross_entropy(scores, y_val)
            val_accuracy = (scores.argmax(dim=1) == y_val).float().mean()
        train_loss = running_loss / len(order)
        print(f"epoch {epoch:2d}  train loss {train_loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
