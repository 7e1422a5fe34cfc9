"""House prices of a sort: standardised inputs and targets, MSE, a held-out set."""
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(3)
torch.manual_seed(3)


def load():
    area = rng.uniform(30, 200, size=500)
    rooms = rng.integers(1, 7, size=500)
    age = rng.uniform(0, 80, size=500)
    price = 3_000 * area + 10_000 * rooms - 500 * age + rng.normal(0, 20_000, size=500)
    X = np.stack([area, rooms, age], axis=1).astype(np.float32)
    return X, price.astype(np.float32).reshape(-1, 1)


X, y = load()
order = rng.permutation(len(X))
train_idx, test_idx = order[:400], order[400:]
x_mean, x_std = X[train_idx].mean(0), X[train_idx].std(0)
y_mean, y_std = y[train_idx].mean(), y[train_idx].std()

X_train = torch.from_numpy((X[train_idx] - x_mean) / x_std)
y_train = torch.from_numpy((y[train_idx] - y_mean) / y_std)
X_test = torch.from_numpy((X[test_idx] - x_mean) / x_std)
y_test = torch.from_numpy(y[test_idx])

net = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
loss_fn = nn.MSELoss()
batch_size = 40

for epoch in range(12):
    perm = torch.randperm(len(X_train))
    total = 0.0
    for start in range(0, len(perm), batch_size):
        idx = perm[start:start + batch_size]
        opt.zero_grad(set_to_none=True)
        out = net(X_train[idx])
        loss = loss_fn(out, y_train[idx])
        loss.backward()
        opt.step()
        total += loss.item()
    if epoch % 4 == 3:
        with torch.inference_mode():
            predicted = net(X_test) * float(y_std) + float(y_mean)
            rmse = (predicted - y_test).pow(2).mean().sqrt()
        print(f"epoch {epoch + 1}: train mse {total / 10:.4f}, test rmse {rmse:.0f}")
