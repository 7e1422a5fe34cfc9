# break: update_average.lerp_
# break: update_average#1
import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 4)
y = x @ torch.tensor([[1.0], [-1.5], [0.5], [2.0]])


@torch.no_grad()
def update_average(average, model, decay):
    for mean, p in zip(average.parameters(), model.parameters()):
        mean.lerp_(p, 1 - decay)


def loss_of(model, rows):
    return nn.functional.mse_loss(model(x[rows]), y[rows])


model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
average = copy.deepcopy(model)
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(4):
    for rows in torch.randperm(192).split(16):
        optimizer.zero_grad()
        loss = loss_of(model, rows)
        loss.backward()
        optimizer.step()
        update_average(average, model, 0.95)
    with torch.no_grad():
        print(f"{loss.item():.3f} {loss_of(average, slice(192, 256)).item():.3f}")
