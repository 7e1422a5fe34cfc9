# break: val_set
# break: Waves.__getitem__.augment
# where: model(waves)
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Waves(Dataset):
    def __init__(self, count, augment):
        self.labels = torch.arange(count) % 2
        speed = 1.0 + self.labels[:, None] + 0.3 * torch.randn(count, 1)
        self.waves = torch.sin(speed * torch.linspace(0, 6, 24) + torch.rand(count, 1))
        self.augment = augment

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        wave = self.waves[i]
        if self.augment:
            wave = wave + 0.2 * torch.randn_like(wave)
        return wave, self.labels[i]


torch.manual_seed(0)
train_set = Waves(200, augment=True)
val_set = Waves(60, augment=False)
train_loader = DataLoader(train_set, batch_size=25, shuffle=True)
val_loader = DataLoader(val_set, batch_size=30)
model = nn.Sequential(nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    model.train()
    for waves, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(waves), labels).backward()
        optimizer.step()
    model.eval()
    hits = 0
    with torch.no_grad():
        for waves, labels in val_loader:
            hits += (model(waves).argmax(dim=1) == labels).sum().item()
    print(f"epoch {epoch} val accuracy {hits / len(val_set):.3f}")
