# break: OneCycleLR
import torch
from torch import nn
from torch.optim.lr_scheduler import OneCycleLR

torch.manual_seed(0)
epochs = 6
batches = [(x := torch.randn(16, 4), x.pow(2)) for _ in range(8)]
net = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.AdamW(net.parameters())
scheduler = OneCycleLR(optimizer, 0.01, epochs * len(batches))
for epoch in range(epochs):
    for x, y in batches:
        loss = nn.functional.mse_loss(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
print(loss.item())
