# break: MoonNet.__init__
import math

import torch
from torch import nn

torch.manual_seed(0)
angle = torch.rand(300) * math.pi
side = torch.randint(0, 2, (300,))
x = torch.stack([angle.cos(), angle.sin()], 1) * (1 - 2 * side[:, None]) + side[:, None] * torch.tensor([1.0, 0.5])
x = x + 0.05 * torch.randn_like(x)


class MoonNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 24)
        self.more = nn.Linear(24, 24)
        self.out = nn.Linear(24, 2)

    def forward(self, x):
        return self.out(torch.relu(self.more(torch.relu(self.hidden(x)))))


net = MoonNet()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(80):
    rows = torch.randint(0, 300, (60,))
    loss = nn.functional.cross_entropy(net(x[rows]), side[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.3f}")
