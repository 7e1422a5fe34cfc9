"""Gradient accumulation in a loop with a remainder: four micro-batches to a step, the last group may be smaller."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(13)
ACCUMULATE = 4

inputs = torch.randn(232, 6)
targets = inputs @ torch.randn(6, 2) + 0.1 * torch.randn(232, 2)
loader = DataLoader(TensorDataset(inputs, targets), batch_size=8, shuffle=True)

net = nn.Sequential(nn.Linear(6, 20), nn.ReLU(), nn.Linear(20, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
mse = nn.MSELoss()

optimizer.zero_grad()
for epoch in range(6):
    epoch_loss = 0.0
    for i, (x, y) in enumerate(loader):
        group = min(ACCUMULATE, len(loader) - i // ACCUMULATE * ACCUMULATE)
        loss = mse(net(x), y)
        (loss / group).backward()
        epoch_loss += loss.detach()
        if (i + 1) % ACCUMULATE == 0 or i + 1 == len(loader):
            nn.utils.clip_grad_norm_(net.parameters(), max_norm=5.0)
            optimizer.step()
            optimizer.zero_grad()
    print(epoch, (epoch_loss / len(loader)).item())
