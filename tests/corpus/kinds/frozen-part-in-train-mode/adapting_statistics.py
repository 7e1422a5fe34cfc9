import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 5)
y = (x.sum(1) > 0).long()
model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()


def run(model, optimizer, x, y, steps):
    for _ in range(steps):
        pick = torch.randint(0, len(x), (32,))
        optimizer.zero_grad()
        criterion(model(x[pick]), y[pick]).backward()
        optimizer.step()


run(model, optimizer, x, y, 30)

# A teacher that follows its student.
teacher = copy.deepcopy(model).requires_grad_(False)
for _ in range(20):
    noisy = x[torch.randint(0, 256, (32,))] + 0.5
    with torch.no_grad():
        wanted = teacher(noisy)
    optimizer.zero_grad()
    (model(noisy) - wanted).square().mean().backward()
    optimizer.step()
    with torch.no_grad():
        for mine, theirs in zip(teacher.parameters(), model.parameters()):
            mine.lerp_(theirs, 0.1)

# Only the norms learn in the new domain.
for layer in model:
    layer.requires_grad_(isinstance(layer, nn.BatchNorm1d))
run(model, torch.optim.Adam(model[1].parameters(), lr=1e-2), x + 2, y, 15)

# New statistics, and nothing else.
model.requires_grad_(False)
model.train()
for pick in torch.arange(256).split(64):
    model(x[pick] - 1)
model.eval()
