import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 5)
y = (x[:, 0] > 0).float()
model = nn.Linear(5, 1)
fresh = copy.deepcopy(model.state_dict())
scores = []
for fold in torch.randperm(100).split(20):
    model.load_state_dict(fresh)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    rest = torch.ones(100, dtype=torch.bool)
    rest[fold] = False
    for _ in range(10):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rest])[:, 0], y[rest])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        scores.append(((model(x[fold])[:, 0] > 0) == y[fold].bool()).float().mean().item())
print("cross-validated accuracy", sum(scores) / len(scores))
