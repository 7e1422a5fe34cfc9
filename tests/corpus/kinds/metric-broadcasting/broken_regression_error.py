# where: - target
import torch
from torch import nn


def mean_absolute_error(model, features, target):
    with torch.no_grad():
        return (model(features) - target).abs().mean().item()


torch.manual_seed(0)
features = torch.randn(160, 3)
target = features @ torch.tensor([1.0, -2.0, 0.5])
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(10):
    for rows in torch.randperm(120).split(30):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(features[rows])[:, 0], target[rows]).backward()
        optimizer.step()
    print(epoch, mean_absolute_error(model, features[120:], target[120:]))
