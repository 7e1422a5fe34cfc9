# where: optimizer.step()
import torch
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.bfloat16)
points = torch.randn(128, 3)
height = (points[:, :1] * points[:, 1:2]).tanh()
surface = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(surface.parameters(), lr=5e-5)
for _ in range(30):
    rows = torch.randint(0, 128, (32,))
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(surface(points[rows]), height[rows])
    loss.backward()
    optimizer.step()
torch.set_default_dtype(torch.float32)
