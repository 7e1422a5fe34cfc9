# break: prepare.shuffled
# where: model(x)
import torch
from torch import nn


def prepare(count):
    x = torch.rand(count, 3) * 4 - 2
    y = (x**2).sum(dim=1)
    shuffled = torch.randperm(count)
    return (x[shuffled[:160]], y[shuffled[:160]]), (x[shuffled[160:]], y[shuffled[160:]])


def judge(model, x, y):
    with torch.inference_mode():
        return (model(x).squeeze(1) - y).abs().mean().item()


def fit(model, x, y, epochs):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(32):
            loss = nn.functional.huber_loss(model(x[rows]).squeeze(1), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        yield loss.item()


torch.manual_seed(1)
train_rows, test_rows = prepare(200)
network = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
for loss in fit(network, *train_rows, epochs=5):
    print(f"{loss:.3f} {judge(network, *test_rows):.3f}")
