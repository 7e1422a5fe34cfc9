# break: species
# break: cross_entropy
# where: F.cross_entropy(
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
table = rng.normal(size=(150, 4))
petals = torch.from_numpy(table).float()
species = torch.from_numpy((table[:, 0] > 0).astype(float) + (table[:, 1] > 0)).long()
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(150).split(25):
        loss = F.cross_entropy(net(petals[rows]), species[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
print(loss.item())
