"""Tabular classification, everything at top level."""
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(7)

n, d = 600, 12
features = torch.randn(n, d)
labels = (features[:, 0] * 2 - features[:, 1] + 0.3 * torch.randn(n) > 0).long()
dataset = TensorDataset(features, labels)
train_set, val_set, test_set = random_split(dataset, [400, 100, 100])
train_loader = DataLoader(train_set, batch_size=50, shuffle=True)
val_loader = DataLoader(val_set, batch_size=100)
test_loader = DataLoader(test_set, batch_size=100)

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Sequential(
    nn.Linear(d, 32),
    nn.BatchNorm1d(32),
    nn.ReLU(),
    nn.Dropout(0.1),
    nn.Linear(32, 2),
).to(device)
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)

best = 0.0
for epoch in range(5):
    model.train()
    running = 0.0
    for xb, yb in train_loader:
        xb, yb = xb.to(device), yb.to(device)
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
        running += loss.item() * len(xb)

    model.eval()
    correct = 0
    with torch.no_grad():
        for xb, yb in val_loader:
            pred = model(xb.to(device)).argmax(dim=1).cpu()
            correct += (pred == yb).sum().item()
    acc = correct / len(val_set)
    best = max(best, acc)
    print(f"epoch {epoch}: loss {running / len(train_set):.4f}, val acc {acc:.3f}")

model.eval()
with torch.no_grad():
    hits = sum((model(x.to(device)).argmax(1).cpu() == y).sum().item() for x, y in test_loader)
print("test accuracy", hits / len(test_set), "best validation", best)
