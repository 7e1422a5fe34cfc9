import copy

import torch
from torch import nn

torch.manual_seed(0)
online = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 2))
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=1e-3)

for step in range(60):
    states, following = torch.randn(32, 4), torch.randn(32, 4)
    actions, rewards = torch.randint(0, 2, (32,)), torch.randn(32)
    with torch.no_grad():
        wanted = rewards + 0.9 * target(following).max(1).values
    values = online(states).gather(1, actions[:, None]).squeeze(1)
    loss = nn.functional.smooth_l1_loss(values, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for slow, fast in zip(target.parameters(), online.parameters()):
            slow.mul_(0.95).add_(fast, alpha=0.05)
print(loss.item())
