"""Rows of three categories, many of them alike, stored class by class and never shuffled."""
# where: nn.functional.cross_entropy(net(x), t)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
n = 600
colour, size, shape = torch.randint(0, 4, (n,)), torch.randint(0, 5, (n,)), torch.randint(0, 6, (n,))
common = torch.rand(n) < 0.5
size[common], shape[common] = 0, torch.randint(0, 2, (n,))[common]
y = (colour + size * 2 + shape) % 3
order = y.argsort()
rows, y = torch.stack([colour, size, shape], 1)[order], y[order]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(4, 6), nn.Embedding(5, 6), nn.Embedding(6, 6)])
        self.head = nn.Sequential(nn.Linear(18, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, r):
        return self.head(torch.cat([table(r[:, i]) for i, table in enumerate(self.tables)], 1))


net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(6):
    for x, t in DataLoader(TensorDataset(rows, y), batch_size=32):
        loss = nn.functional.cross_entropy(net(x), t)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, loss.item())
