"""Small pictures and Adam at 0.1: the first updates change everything, and then it learns quickly."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
patterns = torch.randn(4, 1, 8, 8)
labels = torch.randint(0, 4, (480,))
pictures = patterns[labels] + torch.randn(480, 1, 8, 8)

net = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 4)
)
optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
for epoch in range(6):
    net.train()
    for rows in torch.randperm(400).split(25):
        loss = F.cross_entropy(net(pictures[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        right = (net(pictures[400:]).argmax(1) == labels[400:]).float().mean().item()
    print(f"epoch {epoch}: loss {loss.item():.3f}, right {right:.2f}")
