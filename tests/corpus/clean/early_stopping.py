"""Early stopping with patience, the best weights kept in memory and put back."""
import copy

import torch
from torch import nn


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best, self.bad, self.state = float("inf"), 0, None

    def step(self, value, model):
        if value < self.best - self.min_delta:
            self.best, self.bad = value, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.bad += 1
        return self.bad >= self.patience


def run_epoch(model, data, criterion, optimizer=None):
    model.train(optimizer is not None)
    total = count = 0
    with torch.set_grad_enabled(optimizer is not None):
        order = torch.randperm(len(data[0])) if optimizer else torch.arange(len(data[0]))
        for idx in order.split(25):
            x, y = data[0][idx], data[1][idx]
            loss = criterion(model(x), y)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * len(x)
            count += len(x)
    return total / count


def main():
    torch.manual_seed(23)
    x = torch.randn(200, 8)
    y = (x[:, :1] - x[:, 1:2]).sigmoid().bernoulli()
    train, valid = (x[:125], y[:125]), (x[125:], y[125:])
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    criterion = nn.BCEWithLogitsLoss()
    stopper = EarlyStopping(patience=3)
    for epoch in range(25):
        train_loss = run_epoch(model, train, criterion, optimizer)
        valid_loss = run_epoch(model, valid, criterion)
        print(f"{epoch:2d} {train_loss:.4f} {valid_loss:.4f}")
        if stopper.step(valid_loss, model):
            print("stopped early")
            break
    model.load_state_dict(stopper.state)
    print("best", run_epoch(model, valid, criterion))


main()
