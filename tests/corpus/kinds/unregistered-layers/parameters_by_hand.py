import itertools

import torch
from torch import nn

torch.manual_seed(0)


class Mixture(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.gate = nn.Linear(3, count)
        self.experts = [nn.Linear(3, 1) for _ in range(count)]

    def forward(self, x):
        votes = torch.cat([expert(x) for expert in self.experts], dim=1)
        return (self.gate(x).softmax(1) * votes).sum(1)

    def everything(self):
        return itertools.chain(self.parameters(), *(expert.parameters() for expert in self.experts))


mixture = Mixture(3)
optimizer = torch.optim.Adam(mixture.everything(), lr=0.02)
for _ in range(60):
    x = torch.randn(64, 3)
    loss = (mixture(x) - x.abs().sum(1)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
