import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x, y = torch.randn(200, 4), torch.randint(0, 2, (200,))
train_loader = DataLoader(TensorDataset(x[:150], y[:150]), batch_size=30, shuffle=True)
val_loader = DataLoader(TensorDataset(x[150:], y[150:]), batch_size=50)
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def accuracy(loader):
    model.eval()
    with torch.no_grad():
        hits = [(model(a).argmax(1) == b).float() for a, b in loader]
    return torch.cat(hits).mean().item()


for epoch in range(4):
    model.train()
    for a, b in train_loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(a), b).backward()
        optimizer.step()
    print(f"train {accuracy(train_loader):.2f} validation {accuracy(val_loader):.2f}")
