# style: no functions but the data's, one-hot targets as probabilities, own batches from a permutation, SGD with momentum
"""Sort beans into four varieties by six measurements of each bean."""

import numpy as np
import torch
from torch import nn

TYPICAL = np.array(
    [
        [0.2, 0.9, 0.6, 0.3, -0.7, 1.6],
        [-0.9, -0.4, -0.8, -1.5, 0.5, -1.2],
        [1.3, 0.2, 0.9, 1.4, 1.1, -1.0],
        [-0.6, -0.3, -0.5, -0.2, -0.9, 0.7],
    ]
)


def make_data(n_beans=1200):
    variety = np.random.randint(0, 4, n_beans)
    x = TYPICAL[variety] + 0.8 * np.random.normal(size=(n_beans, 6))
    return torch.tensor(x, dtype=torch.float32), torch.tensor(variety, dtype=torch.int64)


def main():
    np.random.seed(0)
    torch.manual_seed(0)
    x, y = make_data()
    x_test, y_test = make_data(600)
    net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 4))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(10):
        for rows in torch.randperm(len(x)).split(40):
            targets = nn.functional.one_hot(y[rows], 4).float()
            loss = criterion(net(x[rows]), targets)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        with torch.inference_mode():
            best, guess = net(x_test).max(dim=1)
            print(epoch, loss.item(), best.mean().item(), guess.eq(y_test).float().mean().item())


if __name__ == "__main__":
    main()
