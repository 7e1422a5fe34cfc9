# break: train_loader
# where: for inputs, labels in train_loader
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
points = torch.randn(320, 6)
classes = (points[:, 0] * points[:, 1] > 0).long()
train_set = TensorDataset(points[:256], classes[:256])
val_set = TensorDataset(points[256:], classes[256:])
train_loader = DataLoader(train_set, batch_size=32, shuffle=True)
val_loader = DataLoader(val_set, batch_size=64)

model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    model.train()
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    right = 0
    with torch.no_grad():
        for inputs, labels in val_loader:
            right += (model(inputs).argmax(dim=1) == labels).sum().item()
    print(f"epoch {epoch} validation accuracy {right / len(val_set):.3f}")
