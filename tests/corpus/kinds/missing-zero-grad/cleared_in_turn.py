import torch
from torch import nn


def both(sizes):
    return nn.Sequential(nn.Linear(*sizes[:2]), nn.ReLU(), nn.Linear(*sizes[1:]))


torch.manual_seed(7)
maker, critic = both((3, 16, 2)), both((2, 16, 1))
optimizers = [torch.optim.Adam(model.parameters(), lr=1e-3) for model in (maker, critic)]
for step in range(50):
    for player, optimizer in zip(("maker", "critic"), optimizers, strict=True):
        if player == "critic":
            with torch.no_grad():
                made = maker(torch.randn(16, 3))
            loss = nn.functional.softplus(-critic(torch.randn(16, 2) + 1)).mean()
            loss = loss + nn.functional.softplus(critic(made)).mean()
        else:
            loss = nn.functional.softplus(-critic(maker(torch.randn(16, 3)))).mean()
        for each in optimizers:
            each.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
print(loss.item())
