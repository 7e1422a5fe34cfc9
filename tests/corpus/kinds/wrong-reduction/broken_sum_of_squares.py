# also: learning-rate-too-high
# where: loss.backward()
import torch
from torch import nn

torch.manual_seed(0)
t = torch.linspace(-1, 1, 200)[:, None]
wave = torch.sin(4 * t)
net = nn.Sequential(nn.Linear(1, 20), nn.ReLU(), nn.Linear(20, 1))


def closure_free_step(rows, lr):
    loss = ((net(t[rows]) - wave[rows]) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= lr * p.grad
            p.grad = None
    return loss


for epoch in range(6):
    for rows in torch.randperm(200).split(50):
        last = closure_free_step(rows, 0.1)
