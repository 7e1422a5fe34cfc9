# break: optimizer
# where: optimizer.zero_grad()
import torch
from torch import nn

torch.manual_seed(1)
points = torch.rand(240, 3) * 4 - 2
heights = points[:, :1].sin() + points[:, 1:2] * points[:, 2:]
surface = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(surface.parameters(), lr=5e-3)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(points, heights), batch_size=24, shuffle=True)

for epoch in range(5):
    for p, h in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(surface(p), h)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
