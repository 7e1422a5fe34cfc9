# break: best
# where: net.load_state_dict(best)
import copy

import torch
from torch import nn

torch.manual_seed(0)
x, noise = torch.randn(60, 12), torch.randn(60)
y = ((x[:, 0] + noise) > 0).long()
fit_x, fit_y, held_x, held_y = x[:30], y[:30], x[30:], y[30:]
net = nn.Sequential(nn.Linear(12, 64), nn.Tanh(), nn.Linear(64, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-2)
criterion = nn.CrossEntropyLoss()


def held_out_loss():
    net.eval()
    with torch.no_grad():
        return criterion(net(held_x), held_y).item()


lowest, best = float("inf"), None
for epoch in range(30):
    net.train()
    for rows in torch.randperm(30).split(10):
        optimizer.zero_grad()
        criterion(net(fit_x[rows]), fit_y[rows]).backward()
        optimizer.step()
    current = held_out_loss()
    if current < lowest:
        lowest = current
        best = copy.deepcopy(net.state_dict())
net.load_state_dict(best)
print(f"lowest {lowest:.3f} last {current:.3f} restored {held_out_loss():.3f}")
