# break: mse_loss
# also: learning-rate-too-high
# where: F.mse_loss(
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
flats = torch.randn(320, 5)
rent = flats @ torch.randn(5, 1) + 2
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(4):
    for rows in torch.randperm(320).split(32):
        loss = F.mse_loss(net(flats[rows]), rent[rows])
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    print(loss.item())
