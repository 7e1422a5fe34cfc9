import torch
from torch import nn

torch.manual_seed(0)
features = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3))
wanted = features(torch.rand(1, 1, 12, 12)).detach()
picture = torch.zeros(1, 1, 12, 12, requires_grad=True)
optimizer = torch.optim.Adam([picture], lr=0.05)
for _ in range(40):
    optimizer.zero_grad()
    loss = ((features(picture) - wanted) ** 2).mean()
    loss.backward()
    optimizer.step()
print(loss.item())
