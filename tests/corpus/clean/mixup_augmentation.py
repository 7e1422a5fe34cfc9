"""Mixup and numpy augmentation in the dataset; soft targets in the loss."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

np.random.seed(43)
torch.manual_seed(43)


class Signals(Dataset):
    def __init__(self, n, train):
        rng = np.random.default_rng(0 if train else 1)
        self.labels = rng.integers(0, 3, n)
        phase = rng.uniform(0, 6.28, (n, 1))
        grid = np.linspace(0, 6.28, 32)
        self.waves = np.sin((self.labels[:, None] + 1) * grid + phase) + 0.2 * rng.normal(size=(n, 32))
        self.train = train

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        wave = self.waves[i]
        if self.train:
            wave = np.roll(wave, np.random.randint(0, 32)) * np.random.uniform(0.8, 1.2)
        return torch.tensor(wave, dtype=torch.float32).unsqueeze(0), int(self.labels[i])


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv1d(1, 8, 5, padding=2), nn.BatchNorm1d(8), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(8, 16, 5, padding=2), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(),
        )
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc(self.conv(x))


def mixup(x, y, alpha=0.2):
    lam = float(np.random.beta(alpha, alpha))
    partner = torch.randperm(len(x))
    hot = nn.functional.one_hot(y, 3).float()
    return lam * x + (1 - lam) * x[partner], lam * hot + (1 - lam) * hot[partner]


model = ConvNet()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
train_loader, test_loader = DataLoader(Signals(256, True), 32, shuffle=True), DataLoader(Signals(96, False), 96)
for epoch in range(4):
    model.train()
    for x, y in train_loader:
        mixed, soft = mixup(x, y)
        loss = nn.functional.cross_entropy(model(mixed), soft)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        x, y = next(iter(test_loader))
        print(epoch, loss.item(), (model(x).argmax(1) == y).float().mean().item())
