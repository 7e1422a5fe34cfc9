import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
net = nn.Linear(6, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
loaders = [DataLoader(TensorDataset(torch.randn(96, 6)), batch_size=8, shuffle=True) for _ in range(3)]
for epoch in range(2):
    for parts in zip(*loaders):
        opt.zero_grad()
        for task, (x,) in enumerate(parts):
            nn.functional.cross_entropy(net(x), (x[:, task] > 0).long()).backward()
        opt.step()
