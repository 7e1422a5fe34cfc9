# style: cross-entropy written by hand, gradients set to None in a loop, set_grad_enabled, detached losses, device from the environment
"""Train a small network to tell three interleaved spirals apart."""

import math
import os

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


def cross_entropy(scores, labels):
    """Mean over the batch of logsumexp(scores) minus the score of the right class."""
    right = scores.gather(1, labels.unsqueeze(1)).squeeze(1)
    return (scores.logsumexp(dim=1) - right).mean()


def choose_device():
    if wanted := os.environ.get("SPIRAL_DEVICE"):
        return torch.device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def train_one_epoch(model, loader, criterion, optimizer, device):
    model.train()
    running_loss = []
    for x, y in loader:
        for parameter in model.parameters():
            parameter.grad = None
        loss = criterion(model(x.to(device)), y.to(device))
        loss.backward()
        optimizer.step()
        running_loss.append(loss.detach())
    return torch.stack(running_loss).mean().item()


def validate(model, loader, criterion, device):
    model.train(False)
    losses, hits = [], []
    with torch.set_grad_enabled(False):
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            scores = model(x)
            losses.append(criterion(scores, y) * len(y))
            hits.append(scores.argmax(dim=1).eq(y))
    hits = torch.cat(hits).float()
    return (sum(losses) / len(hits)).item(), hits.mean().item()


def main():
    torch.manual_seed(SEED)
    device = choose_device()

    train_loader = DataLoader(TensorDataset(*make_spirals(points_per_arm=400)), BATCH_SIZE, shuffle=True)
    val_loader = DataLoader(TensorDataset(*make_spirals(points_per_arm=200)), 2 * BATCH_SIZE)

    model = SpiralNet()
    model.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)

    for epoch in range(1, EPOCHS + 1):
        train_loss = train_one_epoch(model, train_loader, cross_entropy, optimizer, device)
        val_loss, val_accuracy = validate(model, val_loader, cross_entropy, device)
        print(f"epoch {epoch:2d}  train loss {train_loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
