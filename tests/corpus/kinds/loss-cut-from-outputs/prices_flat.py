# break: mse_loss
# break: guess
# where: F.mse_loss(guess
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rooms = torch.rand(160, 3)
price = rooms @ torch.tensor([[3.0], [1.0], [-2.0]]) + 0.5
model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for rows in torch.randperm(160).split(32):
        guess = model(rooms[rows])
        loss = F.mse_loss(guess, price[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
