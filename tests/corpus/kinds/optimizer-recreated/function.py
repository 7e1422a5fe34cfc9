# break: fit.optimizer
# where: optimizer = torch.optim.Adam(
import torch
from torch import nn


def fit(model, x, y, epochs=6):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    history = []
    for epoch in range(epochs):
        for rows in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        history.append(loss.item())
    return history


torch.manual_seed(0)
x = torch.randn(128, 5)
print(fit(nn.Sequential(nn.Linear(5, 20), nn.ReLU(), nn.Linear(20, 5)), x, x.argmax(1)))
