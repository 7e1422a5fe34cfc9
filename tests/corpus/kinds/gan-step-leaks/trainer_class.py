# break: Gan.generator_step.verdict
# also: missing-zero-grad, broken-graph
# where: self.opt_g.step()
import torch
from torch import nn


class Gan:
    def __init__(self, width=24):
        self.gen = nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 6))
        self.disc = nn.Sequential(nn.Linear(6, width), nn.ReLU(), nn.Linear(width, 1))
        self.opt_g = torch.optim.RMSprop(self.gen.parameters(), lr=1e-3)
        self.opt_d = torch.optim.RMSprop(self.disc.parameters(), lr=1e-3)
        self.bce = nn.BCEWithLogitsLoss()

    def discriminator_step(self, real):
        with torch.no_grad():
            fake = self.gen(torch.randn(len(real), 3))
        self.opt_d.zero_grad()
        yes, no = self.disc(real), self.disc(fake)
        loss = self.bce(yes, torch.ones_like(yes)) + self.bce(no, torch.zeros_like(no))
        loss.backward()
        self.opt_d.step()
        return loss.item()

    def generator_step(self, n):
        self.opt_g.zero_grad()
        forged = self.gen(torch.randn(n, 3))
        verdict = self.disc(forged)
        loss = self.bce(verdict, torch.ones_like(verdict))
        loss.backward()
        self.opt_g.step()
        return loss.item()


torch.manual_seed(1)
data = torch.randn(160, 6).cumsum(1)
gan = Gan()
for epoch in range(4):
    for batch in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True):
        d = gan.discriminator_step(batch)
        g = gan.generator_step(len(batch))
print(round(d, 3), round(g, 3))
