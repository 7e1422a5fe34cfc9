# break: inputs
# where: net(xb)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
inputs = torch.randn(300, 4)
targets = inputs @ torch.randn(4, 1) + 0.1 * torch.randn(300, 1)
cut = 240
train_loader = DataLoader(TensorDataset(inputs[:cut], targets[:cut]), batch_size=40, shuffle=True)
val_loader = DataLoader(TensorDataset(inputs[cut:], targets[cut:]), batch_size=30)
net = nn.Linear(4, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for epoch in range(5):
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(xb), yb)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        total = sum(nn.functional.mse_loss(net(xb), yb, reduction="sum").item() for xb, yb in val_loader)
    print(f"epoch {epoch}: validation error {total / len(val_loader.dataset):.4f}")
