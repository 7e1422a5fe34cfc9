# style: an empty tensor filled half by half, in a trainer class
import math

import torch
import torch.nn.functional as F
from torch import nn

SEED = 0


def make_hours(n_hours=1600):
    hour = torch.randint(0, 24, (n_hours,))
    weather = torch.randn(n_hours, 3)
    rush = torch.exp(-((hour - 8.0) ** 2) / 4) + torch.exp(-((hour - 17.0) ** 2) / 6)
    day = torch.sin(math.pi * (hour - 6.0) / 12)
    demand = 0.9 * weather[:, 0] - 0.3 * weather[:, 1] - weather[:, 2].clamp(min=0) + 2 * rush + day
    demand = demand + 0.15 * torch.randn(n_hours)
    level = torch.bucketize(demand, torch.tensor([-0.7, 0.4, 1.5]))
    return torch.column_stack([weather, hour.float()]), level


class Rental(nn.Module):
    def __init__(self):
        super().__init__()
        self.weather = nn.Linear(3, 16)
        self.hour = nn.Embedding(24, 16)
        self.hidden = nn.Linear(32, 32)
        self.out = nn.Linear(32, 4)

    def forward(self, x):
        both = x.new_zeros(len(x), 32)
        both[:, :16] = F.relu(self.weather(x[:, :3]))
        both[:, 16:] = self.hour(x[:, 3].long())
        return self.out(F.relu(self.hidden(both)))


class Trainer:
    def __init__(self, net):
        self.net, self.opt = net, torch.optim.AdamW(net.parameters(), lr=0.01)

    def epoch(self, x, y):
        for rows in torch.randperm(len(x)).split(64):
            self.opt.zero_grad()
            F.cross_entropy(self.net(x[rows]), y[rows]).backward()
            self.opt.step()


torch.manual_seed(SEED)
x, y = make_hours()
trainer = Trainer(Rental())
for _ in range(12):
    trainer.epoch(x, y)
with torch.no_grad():
    x, y = make_hours(800)
    print((trainer.net(x).argmax(1) == y).float().mean().item())
