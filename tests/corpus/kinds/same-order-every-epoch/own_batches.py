# break: epoch_batches.order
# break: main.rng
# where: permutation(
import numpy as np
import torch
from torch import nn


def epoch_batches(rng, features, prices, size):
    order = rng.permutation(len(features))
    for start in range(0, len(order), size):
        rows = torch.from_numpy(order[start : start + size])
        yield features[rows], prices[rows]


def main():
    torch.manual_seed(0)
    features = torch.randn(200, 5)
    prices = features @ torch.tensor([[1.0], [2.0], [-1.0], [0.5], [0.0]]) + 0.1 * torch.randn(200, 1)
    net = nn.Linear(5, 1)
    sgd = torch.optim.SGD(net.parameters(), lr=0.05)
    for epoch in range(4):
        rng = np.random.default_rng(100 + epoch)
        losses = []
        for inputs, targets in epoch_batches(rng, features, prices, 25):
            loss = nn.functional.mse_loss(net(inputs), targets)
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            losses.append(loss.item())
        print(epoch, sum(losses) / len(losses))


main()
