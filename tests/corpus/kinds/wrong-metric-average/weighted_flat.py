# break: val_loss
# break: correct
# where: print(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(390, 6)
y = (x[:, 0] * x[:, 1] > 0).long()
train_loader = DataLoader(TensorDataset(x[:240], y[:240]), batch_size=40, shuffle=True)
val_loader = DataLoader(TensorDataset(x[240:], y[240:]), batch_size=50)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(5):
    net.train()
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        criterion(net(inputs), labels).backward()
        optimizer.step()
    net.eval()
    val_loss, correct, seen = 0.0, 0, 0
    with torch.no_grad():
        for inputs, labels in val_loader:
            scores = net(inputs)
            val_loss += criterion(scores, labels).item() * len(labels)
            correct += (scores.argmax(dim=1) == labels).sum().item()
            seen += len(labels)
    print(f"epoch {epoch} val loss {val_loss / seen:.4f} accuracy {correct / seen:.4f}")
