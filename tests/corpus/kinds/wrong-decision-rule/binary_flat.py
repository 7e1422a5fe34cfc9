# break: positive
# where: > 0
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(360, 4)
y = (x[:, 0] + x[:, 1] + torch.randn(360) > 0).float()
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(6):
    for rows in torch.randperm(300).split(50):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(net(x[rows]).squeeze(1), y[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        positive = net(x[300:]).squeeze(1) > 0
    recall = (positive & (y[300:] == 1)).sum() / (y[300:] == 1).sum()
    print(f"epoch {epoch} loss {loss.item():.3f} recall {recall.item():.3f}")
