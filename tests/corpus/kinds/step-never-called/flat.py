# break: optimizer.step
# break: backward
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(3)
images = torch.randn(128, 1, 8, 8)
labels = (images[:, 0, :4].mean((1, 2)) > images[:, 0, 4:].mean((1, 2))).long()
network = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(216, 2))
optimizer = torch.optim.SGD(network.parameters(), lr=0.05)

for epoch in range(4):
    for start in range(0, 128, 16):
        batch = slice(start, start + 16)
        loss = F.cross_entropy(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
