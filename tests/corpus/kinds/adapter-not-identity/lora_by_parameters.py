# break: LoRALinear.__init__.B
# where: optimizer.step()
import math

import torch
from torch import nn

torch.manual_seed(0)


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / rank

    def forward(self, x):
        return self.base(x) + self.scale * (x @ self.A.T @ self.B.T)


x = torch.randn(200, 12)
old = x[:, :1].sin()
net = nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(60):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), old).backward()
    optimizer.step()

for parameter in net.parameters():
    parameter.requires_grad = False
for index in (0, 2):
    net[index] = LoRALinear(net[index], rank=4, alpha=8)
print(f"before tuning: {nn.functional.mse_loss(net(x), old).item():.4f}")
z = torch.randn(200, 12)
new = z[:, 1:2].sin()
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
for step in range(60):
    rows = torch.randint(200, (32,))
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(z[rows]), new[rows])
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.4f}")
