# break: argmax
# where: argmax
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :3].argmax(dim=1)
train = DataLoader(TensorDataset(x[:192], y[:192]), batch_size=32, shuffle=True)
val = DataLoader(TensorDataset(x[192:], y[192:]), batch_size=32)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(5):
    for inputs, labels in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    correct = 0
    with torch.no_grad():
        for inputs, labels in val:
            correct += (model(inputs).argmax(dim=1) == labels).sum().item()
    print(f"epoch {epoch} accuracy {correct / 64:.3f}")
