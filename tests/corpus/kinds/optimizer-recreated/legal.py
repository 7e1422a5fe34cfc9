import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(80, 4)
y = (x[:, 0] > 0).long()


def epochs(net, opt, rows, count):
    for _ in range(count):
        for part in rows[torch.randperm(len(rows))].split(16):
            opt.zero_grad()
            nn.functional.cross_entropy(net(x[part]), y[part]).backward()
            opt.step()


for fold in range(4):
    net = nn.Linear(4, 2)
    rows = torch.cat([torch.arange(0, fold * 20), torch.arange(fold * 20 + 20, 80)])
    epochs(net, torch.optim.Adam(net.parameters()), rows, 2)

net = nn.Linear(4, 2)
start = copy.deepcopy(net.state_dict())
for restart in range(4):
    net.load_state_dict(start)
    epochs(net, torch.optim.Adam(net.parameters()), torch.arange(80), 1)

for task in range(4):
    epochs(net, torch.optim.Adam(net.parameters()), torch.arange(task * 20, task * 20 + 20), 3)

opt = torch.optim.Adam(net.parameters())
for chunk in range(4):
    old, opt = opt, torch.optim.Adam(net.parameters())
    opt.load_state_dict(old.state_dict())
    epochs(net, opt, torch.arange(80), 1)

for cycle in range(3):
    epochs(net, torch.optim.AdamW(net.parameters(), lr=0.01 / 2**cycle), torch.arange(80), 4)

for _ in range(4):
    epochs(net, torch.optim.SGD(net.parameters(), lr=0.05), torch.arange(80), 1)

for task in range(12):
    before = copy.deepcopy(net.state_dict())
    inner = torch.optim.Adam(net.parameters(), lr=0.01)
    epochs(net, inner, torch.randint(0, 80, (32,)), 1)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(before[name] + 0.1 * (p - before[name]))
