# where: loss.backward()
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
y = (x.sum(1) > 0).long()
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(12):
    predicted = net(x).argmax(dim=1)
    loss = (predicted != y).float().mean()
    loss.requires_grad_()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
