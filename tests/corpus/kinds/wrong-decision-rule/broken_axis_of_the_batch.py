# where: predicted == target
import torch
from torch import nn

torch.manual_seed(3)
points = torch.randn(240, 5)
groups = points[:, :3].argmax(dim=1)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
loss_of = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(5):
    for rows in torch.randperm(200).split(25):
        optimizer.zero_grad()
        loss_of(net(points[rows]), groups[rows]).backward()
        optimizer.step()
with torch.no_grad():
    target = groups[200:]
    scores = net(points[200:])
    loss = loss_of(scores, target)
    predicted = torch.argmax(scores, dim=0)
    print(loss.item(), (predicted == target).float().mean().item())
