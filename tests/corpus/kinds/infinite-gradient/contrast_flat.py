# break: sqrt
# where: torch.sqrt(
import torch
from torch import nn

torch.manual_seed(0)
points = torch.randn(90, 5)
side = (points[:, 0] > 0).long()
net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 2))
sgd = torch.optim.SGD(net.parameters(), lr=0.05)
for step in range(30):
    rows = torch.randperm(90)[:16]
    code = net(points[rows])
    squared = (code[:, None, :] - code[None, :, :]).pow(2).sum(-1)
    apart = torch.sqrt(squared + 1e-9)
    same = side[rows][:, None] == side[rows][None, :]
    loss = torch.where(same, apart, torch.relu(2 - apart)).mean()
    sgd.zero_grad()
    loss.backward()
    sgd.step()
print(loss.item())
