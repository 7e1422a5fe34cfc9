# style: other names everywhere, learning rate per group, gradients cleared after the step, running sum of floats
"""Train a small network to tell three interleaved spirals apart."""

import math

import torch
import torch.nn.functional as F
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


class Net(nn.Module):
    def __init__(self, width=64, p=0.2):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(2, width), nn.BatchNorm1d(width)
        self.fc2, self.bn2 = nn.Linear(width, width), nn.BatchNorm1d(width)
        self.drop = nn.Dropout(p)
        self.classifier = nn.Sequential(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, CLASSES))

    def forward(self, x):
        x = self.drop(F.relu(self.bn1(self.fc1(x))))
        x = self.drop(F.relu(self.bn2(self.fc2(x))))
        return self.classifier(x)


def fit(net, batches, opt, where):
    net.train()
    total = seen = 0.0
    for points, arms in batches:
        points, arms = points.to(where), arms.to(where)
        loss = F.cross_entropy(net(points), arms)
        loss.backward()
        opt.step()
        opt.zero_grad()
        total += loss.item() * len(arms)
        seen += len(arms)
    return total / seen


@torch.no_grad()
def score(net, batches, where):
    net.eval()
    total = hits = seen = 0.0
    for points, arms in batches:
        points, arms = points.to(where), arms.to(where)
        scores = net(points)
        total += F.cross_entropy(scores, arms, reduction="sum").item()
        hits += scores.argmax(1).eq(arms).sum().item()
        seen += len(arms)
    return total / seen, hits / seen


def main():
    torch.manual_seed(SEED)
    where = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    train_batches = DataLoader(TensorDataset(*make_spirals(400)), batch_size=BATCH_SIZE, shuffle=True)
    val_batches = DataLoader(TensorDataset(*make_spirals(200)), batch_size=200)

    net = Net().to(where)
    body = [p for name, p in net.named_parameters() if not name.startswith("classifier")]
    opt = torch.optim.Adam([{"params": body, "lr": 0.005}, {"params": net.classifier.parameters(), "lr": 0.002}])

    for epoch in range(1, EPOCHS + 1):
        train_loss = fit(net, train_batches, opt, where)
        val_loss, val_accuracy = score(net, val_batches, where)
        print(f"epoch {epoch:2d}  train loss {train_loss:.4f}  val loss {val_loss:.4f}  val accuracy {val_accuracy:.3f}")


if __name__ == "__main__":
    main()
