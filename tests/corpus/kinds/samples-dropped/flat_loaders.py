# break: val_loader
# where: in val_loader
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(330, 5)
y = (x[:, 0] > x[:, 1]).long()
train_loader = DataLoader(TensorDataset(x[:240], y[:240]), batch_size=32, shuffle=True, drop_last=True)
val_loader = DataLoader(TensorDataset(x[240:], y[240:]), batch_size=32)
net = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(5):
    net.train()
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(inputs), labels).backward()
        optimizer.step()
    net.eval()
    hits = 0
    with torch.no_grad():
        for inputs, labels in val_loader:
            hits += (net(inputs).argmax(1) == labels).sum().item()
    print(f"epoch {epoch}: accuracy {hits / len(val_loader.dataset):.3f}")
