# where: short = torch.optim.Adam
import torch
from torch import nn


def batches(x, y, count):
    for _ in range(count):
        rows = torch.randint(len(x), (32,))
        yield x[rows], y[rows]


torch.manual_seed(4)
x = torch.randn(500, 10)
y = x[:, :2].sum(1, keepdim=True).sin()
body = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
long = torch.optim.Adam(body.parameters(), lr=1e-3)
for a, b in batches(x, y, 400):
    long.zero_grad()
    nn.functional.mse_loss(body(a), b).backward()
    long.step()

body.requires_grad_(False)
body[-1] = nn.Linear(32, 1)
short = torch.optim.Adam([p for p in body.parameters() if p.requires_grad], lr=3e-3)
body.insert(2, nn.Linear(32, 32))
target = x[:, 2:3].abs()
for a, b in batches(x, target, 40):
    short.zero_grad()
    loss = nn.functional.mse_loss(body(a), b)
    loss.backward()
    short.step()
print(loss.item())
