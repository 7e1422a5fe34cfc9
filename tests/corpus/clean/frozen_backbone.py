"""Transfer learning: the backbone and its batch norms stay in eval mode for good, only the new head learns."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(25)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        )
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


class Transfer(nn.Module):
    def __init__(self, backbone, classes):
        super().__init__()
        self.backbone = backbone
        for p in self.backbone.parameters():
            p.requires_grad = False
        self.backbone.fc = nn.Identity()
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(16, classes))

    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, x):
        return self.head(self.backbone(x))


images = torch.rand(160, 3, 12, 12)
classes = (images[:, 0].mean((1, 2)) > images[:, 1].mean((1, 2))).long()
train_dl = DataLoader(TensorDataset(images[:128], classes[:128]), batch_size=32, shuffle=True)
valid_dl = DataLoader(TensorDataset(images[128:], classes[128:]), batch_size=32)
model = Transfer(Backbone(), 2)
optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss(label_smoothing=0.05)

for epoch in range(4):
    model.train()
    for xb, yb in train_dl:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        accuracy = torch.cat([model(xb).argmax(1) == yb for xb, yb in valid_dl]).float().mean()
    print(epoch, round(loss.item(), 4), round(accuracy.item(), 3))
