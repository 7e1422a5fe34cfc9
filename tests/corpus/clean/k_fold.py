"""Five-fold cross-validation: a new model and a new optimizer for each fold, mean and spread at the end."""
import statistics

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(29)
x = torch.randn(250, 5)
y = (x[:, 0] * x[:, 1] > 0).long()
dataset = TensorDataset(x, y)
K = 5
folds = torch.randperm(len(dataset)).chunk(K)


def new_model():
    return nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.BatchNorm1d(32), nn.Linear(32, 2))


def train_one(model, loader, epochs=4):
    opt = torch.optim.Adam(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(epochs):
        for xb, yb in loader:
            opt.zero_grad()
            nn.functional.cross_entropy(model(xb), yb).backward()
            opt.step()


def score(model, loader):
    model.eval()
    right = 0
    with torch.no_grad():
        for xb, yb in loader:
            right += (model(xb).argmax(1) == yb).sum().item()
    return right / len(loader.dataset)


scores = []
for k in range(K):
    train_ids = torch.cat([fold for i, fold in enumerate(folds) if i != k]).tolist()
    valid_ids = folds[k].tolist()
    train_loader = DataLoader(Subset(dataset, train_ids), batch_size=40, shuffle=True)
    valid_loader = DataLoader(Subset(dataset, valid_ids), batch_size=50)
    model = new_model()
    train_one(model, train_loader)
    scores.append(score(model, valid_loader))
    print(f"fold {k}: {scores[-1]:.3f}")
print(f"{statistics.mean(scores):.3f} +- {statistics.stdev(scores):.3f}")
