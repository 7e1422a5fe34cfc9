# style: a Trainer class, nn.Identity where the softmax was, model.zero_grad(), mode restored after evaluation
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
            nn.Identity(),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        features = self.features(x)  # (B, 2) -> (B, 64)
        return self.classifier(features)  # (B, 64) -> (B, 3)


class Trainer:
    """Owns the network, its optimizer and the device they live on."""

    def __init__(self, model, train_set, val_set, lr=1e-3):
        if torch.cuda.is_available():
            self.device = torch.device("cuda")
        elif torch.backends.mps.is_available():
            self.device = torch.device("mps")
        else:
            self.device = torch.device("cpu")
        self.model = model.to(self.device)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=lr)
        self.train_loader = DataLoader(train_set, batch_size=BATCH_SIZE, shuffle=True)
        self.val_loader = DataLoader(val_set, batch_size=BATCH_SIZE)

    def _to_device(self, batch):
        return [tensor.to(self.device) for tensor in batch]

    def _training_step(self, batch):
        x, y = self._to_device(batch)
        self.model.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def evaluate(self):
        was_training = self.model.training
        self.model.eval()
        loss, correct, seen = 0.0, 0, 0
        with torch.no_grad():
            for batch in self.val_loader:
                x, y = self._to_device(batch)
                scores = self.model(x)
                loss += self.criterion(scores, y).item() * len(y)
                correct += (scores.argmax(1) == y).sum().item()
                seen += len(y)
        self.model.train(was_training)
        return loss / seen, correct / seen

    def fit(self, epochs):
        self.model.train()
        for epoch in range(1, epochs + 1):
            losses = [self._training_step(batch) for batch in self.train_loader]
            val_loss, val_accuracy = self.evaluate()
            print(
                f"epoch {epoch:2d}  train loss {sum(losses) / len(losses):.4f}  "
                f"val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}"
            )


def main():
    torch.manual_seed(SEED)
    train_set = TensorDataset(*make_spirals(points_per_arm=400))
    val_set = TensorDataset(*make_spirals(points_per_arm=200))
    Trainer(SpiralNet(), train_set, val_set).fit(EPOCHS)


if __name__ == "__main__":
    main()
