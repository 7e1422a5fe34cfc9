import io

import torch
from torch import nn
from torch.nn import functional as F


def fit(model, optimizer, target, steps):
    for _ in range(steps):
        x = torch.randn(32, 3)
        loss = F.mse_loss(model(x), target(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
fit(model, optimizer, lambda x: x.sum(1, keepdim=True), 30)
file = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)

# Another task begins where the first one ended, more carefully.
file.seek(0)
tuned = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
tuned.load_state_dict(torch.load(file)["model"])
fit(tuned, torch.optim.Adam(tuned.parameters(), lr=1e-3), lambda x: x.prod(1, keepdim=True), 30)

# The first one again, from the weights that were kept, with the optimizer it always had.
file.seek(0)
model.load_state_dict(torch.load(file)["model"])
fit(model, optimizer, lambda x: x.sum(1, keepdim=True), 10)

# Plain gradient descent remembers nothing.
plain = nn.Linear(3, 1)
descent = torch.optim.SGD(plain.parameters(), lr=0.1)
fit(plain, descent, lambda x: x[:, :1], 10)
file = io.BytesIO()
torch.save({"model": plain.state_dict(), "optimizer": descent.state_dict()}, file)
file.seek(0)
plain = nn.Linear(3, 1)
plain.load_state_dict(torch.load(file)["model"])
fit(plain, torch.optim.SGD(plain.parameters(), lr=0.1), lambda x: x[:, :1], 10)
