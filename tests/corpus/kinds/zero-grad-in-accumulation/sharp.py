import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)


def gradient(x):
    opt.zero_grad()
    ((net(x) - x.sum(1, keepdim=True)) ** 2).mean().backward()


for _ in range(40):
    x = torch.randn(16, 4)
    gradient(x)
    with torch.no_grad():
        norm = sum(p.grad.pow(2).sum() for p in net.parameters()).sqrt()
        moves = [0.05 * p.grad / (norm + 1e-9) for p in net.parameters()]
        for p, move in zip(net.parameters(), moves):
            p.add_(move)
    gradient(x)
    with torch.no_grad():
        for p, move in zip(net.parameters(), moves):
            p.sub_(move)
    opt.step()

batches = [torch.randn(16, 4) for _ in range(7)]
for epoch in range(6):
    opt.zero_grad()
    for number, x in enumerate(batches, 1):
        (((net(x) - 1) ** 2).mean() / 4).backward()
        if number % 4 == 0:
            opt.step()
            opt.zero_grad()
