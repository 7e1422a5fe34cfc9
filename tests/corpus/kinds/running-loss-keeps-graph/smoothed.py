# break: Meter.step.smooth
import torch
from torch import nn


class Meter:
    def __init__(self):
        self.net = nn.GRU(2, 8, batch_first=True)
        self.opt = torch.optim.RMSprop(self.net.parameters(), lr=1e-3)
        self.smooth = 0.0

    def step(self, x):
        out, _ = self.net(x)
        loss = (out.mean(2) - x.sum(2)).pow(2).mean()
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        self.smooth = 0.9 * self.smooth + 0.1 * loss.item()


torch.manual_seed(0)
meter = Meter()
for _ in range(40):
    meter.step(torch.randn(8, 6, 2))
print(float(meter.smooth))
