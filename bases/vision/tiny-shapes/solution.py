"""Tell four shapes apart on 12 x 12 images: a bar, a cross, a frame and a filled square, each with noise."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

CLASSES = 4
SIDE = 12


def make_data(rows=600):
    """Images (N, 1, 12, 12), sorted by class, and labels (N,)."""
    images = torch.zeros(rows, 1, SIDE, SIDE)
    labels = torch.arange(rows) * CLASSES // rows
    for image, label in zip(images, labels):
        top, left = torch.randint(0, SIDE - 6, (2,)).tolist()
        patch = image[0, top : top + 6, left : left + 6]
        if label == 0:
            patch[2:4] = 1.0
        elif label == 1:
            patch[2:4] = 1.0
            patch[:, 2:4] = 1.0
        elif label == 2:
            patch[:] = 1.0
            patch[1:5, 1:5] = 0.0
        else:
            patch[:] = 1.0
    return images + 0.4 * torch.randn_like(images), labels


class ShapeNet(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(width, 2 * width, 3, padding=1),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
        )
        self.drop = nn.Dropout(0.1)
        self.classifier = nn.Linear(8 * width, CLASSES)

    def forward(self, images):
        found = self.features(images).flatten(1)
        return self.classifier(self.drop(found))


def train_one_epoch(model, loader, optimizer, device):
    model.train()
    total, seen = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        seen += len(labels)
    return total / seen


def evaluate(model, loader, device):
    model.eval()
    hits, seen = 0, 0
    with torch.no_grad():
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            hits += (model(images).argmax(dim=1) == labels).sum().item()
            seen += len(labels)
    return hits / seen


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, labels = make_data()
    order = torch.randperm(len(labels))
    train, held_out = order[:480].sort().values, order[480:]
    train_loader = DataLoader(TensorDataset(images[train], labels[train]), batch_size=32, shuffle=True)
    val_loader = DataLoader(TensorDataset(images[held_out], labels[held_out]), batch_size=60)
    model = ShapeNet().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(6):
        loss = train_one_epoch(model, train_loader, optimizer, device)
        accuracy = evaluate(model, val_loader, device)
        print(f"epoch {epoch}  loss {loss:.3f}  accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
