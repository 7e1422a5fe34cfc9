import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(8, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for _ in range(25):
    x = torch.randn(24, 8)
    y = x.sum(1, keepdim=True)
    for a, b in zip(x.chunk(3), y.chunk(3)):
        nn.functional.mse_loss(net(a), b, reduction="sum").backward()
    for p in net.parameters():
        p.grad /= len(x)
    opt.step()
    opt.zero_grad()

for _ in range(25):
    x = torch.randn(24, 8)
    y = x.sum(1, keepdim=True)
    for a, b in zip(x.chunk(3), y.chunk(3)):
        nn.functional.mse_loss(net(a), b).backward()
    for p in net.parameters():
        p.grad.div_(3)
    opt.step()
    opt.zero_grad()
