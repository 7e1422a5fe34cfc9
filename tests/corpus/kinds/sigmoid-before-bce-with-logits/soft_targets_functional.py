"""Plain binary cross-entropy after a sigmoid, and soft targets for the version with logits."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(1)
x = torch.rand(256, 5)
y = ((x > 0.5).sum(1) > 2).float()[:, None] * 0.9 + 0.05
first = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1), nn.Sigmoid())
second = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=1e-2)
for step in range(40):
    rows = torch.randint(0, 256, (32,))
    p, z = first(x[rows]), second(x[rows])
    loss = F.binary_cross_entropy(p, y[rows]) + F.binary_cross_entropy_with_logits(z, y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(F.binary_cross_entropy(torch.sigmoid(second(x)), y).item())
