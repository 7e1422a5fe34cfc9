"""The same table, two questions: a regression first, then, with the same trunk, a classifier of another column."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

np.random.seed(0)
torch.manual_seed(0)

table = np.random.randn(240, 6).astype(np.float32)
price = (table @ np.array([1.0, -0.5, 0.2, 0.0, 0.7, 0.1], dtype=np.float32) + 0.1 * np.random.randn(240)).astype("float32")
district = (table[:, 0] > 0).astype(np.int64) + (table[:, 3] > 0.5).astype(np.int64)

X = torch.from_numpy(table)
trunk = nn.Sequential(nn.Linear(6, 24), nn.ReLU())


def fit(model, loader, loss_fn, epochs, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        total = 0.0
        for xb, yb in loader:
            opt.zero_grad()
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            total += loss.item() * len(xb)
        print(epoch, round(total / len(loader.dataset), 4))


stage1 = nn.Sequential(trunk, nn.Linear(24, 1), nn.Flatten(0))
fit(stage1, DataLoader(TensorDataset(X, torch.from_numpy(price)), batch_size=24, shuffle=True), nn.MSELoss(), 3, 5e-3)

stage2 = nn.Sequential(trunk, nn.Linear(24, 3))
fit(stage2, DataLoader(TensorDataset(X, torch.from_numpy(district)), batch_size=24, shuffle=True), nn.CrossEntropyLoss(), 3, 5e-3)
