#!/usr/bin/env python
# coding: utf-8

# # Predicting house prices
# In[1]:
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)

# In[2]:
n = 300
area = rng.uniform(40, 200, n)
rooms = np.round(area / 30 + rng.normal(0, 0.7, n)).clip(1)
year = rng.integers(1950, 2020, n)
price = 2.1 * area + 14 * rooms + 0.6 * (year - 1950) + rng.normal(0, 12, n)
raw = np.column_stack([area, rooms, year]).astype(np.float32)
target = price.astype(np.float32)[:, None]

# In[3]:
split = 240
mean, std = raw[:split].mean(0), raw[:split].std(0)
X_train, X_test = (raw[:split] - mean) / std, (raw[split:] - mean) / std
y_mean, y_std = target[:split].mean(), target[:split].std()
y_train = (target[:split] - y_mean) / y_std
y_test = target[split:]
X_train, X_test, y_train = map(torch.from_numpy, (X_train, X_test, y_train))

# In[4]:
model = nn.Sequential(nn.Linear(3, 32), nn.ReLU(), nn.Linear(32, 1))
model

# In[5]:
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
loss_fn = nn.MSELoss()
losses = []
for epoch in range(80):
    y_pred = model(X_train)
    loss = loss_fn(y_pred, y_train)
    losses.append(loss.item())
    opt.zero_grad()
    loss.backward()
    opt.step()

# In[6]:
model.eval()
with torch.no_grad():
    pred = model(X_test).numpy() * y_std + y_mean
rmse = np.sqrt(((pred - y_test) ** 2).mean())
print(f"final loss {losses[-1]:.3f}, test RMSE {rmse:.1f} thousand")

# In[7]:
# One more week of training with a smaller rate, as the curve still goes down
for g in opt.param_groups:
    g["lr"] = 2e-3
model.train()
for epoch in range(40):
    loss = loss_fn(model(X_train), y_train)
    losses.append(loss.item())
    opt.zero_grad()
    loss.backward()
    opt.step()
print(f"{losses[-1]:.3f}")
example = torch.tensor([[80.0, 3.0, 1990.0]])
example = (example - torch.from_numpy(mean)) / torch.from_numpy(std)
with torch.no_grad():
    print(f"80 square metres: {model(example).item() * y_std + y_mean:.0f}")
