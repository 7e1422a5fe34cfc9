# break: fit.loss
# where: loss.backward()
import torch
from torch import nn


def fit(net, x, y, steps):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(steps):
        rows = torch.randint(0, len(x), (20,))
        error = net(x[rows]) - y[rows]
        loss = torch.where(error.abs() < 1, 0.5 * error**2, error.abs() - 0.5).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(2)
x = torch.randn(100, 2)
fit(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), x, x.prod(1, keepdim=True), 40)
