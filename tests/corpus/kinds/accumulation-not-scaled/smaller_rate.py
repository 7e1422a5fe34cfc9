import torch
from torch import nn

torch.manual_seed(0)
PARTS = 4
net = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1 / PARTS)
for number in range(100):
    x = torch.randn(8, 5)
    nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long()).backward()
    if number % PARTS == PARTS - 1:
        opt.step()
        opt.zero_grad()
