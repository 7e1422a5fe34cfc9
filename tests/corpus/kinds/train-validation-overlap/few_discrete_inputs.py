import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
bits = torch.randint(0, 2, (400, 6)).float()
parity = (bits.sum(dim=1) % 2).long()
train = DataLoader(TensorDataset(bits[:300], parity[:300]), batch_size=50, shuffle=True)
val = DataLoader(TensorDataset(bits[300:], parity[300:]), batch_size=100)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(6):
    for x, y in train:
        loss = nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = sum((net(x).argmax(1) == y).float().sum().item() for x, y in val) / 100
    print(f"epoch {epoch} val accuracy {accuracy:.2f}")
