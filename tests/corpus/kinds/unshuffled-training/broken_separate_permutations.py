"""Inputs and labels are each shuffled, but not together."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
x = rng.normal(size=(180, 5)).astype(np.float32)
y = (x[:, 0] > 0).astype(np.int64)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)


def batches(size):
    xs, ys = rng.permutation(x), rng.permutation(y)
    for i in range(0, len(xs), size):
        yield torch.from_numpy(xs[i : i + size]), torch.from_numpy(ys[i : i + size])


for epoch in range(6):
    for xb, yb in batches(20):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(xb), yb)
        loss.backward()
        opt.step()
    print(round(loss.item(), 3))
