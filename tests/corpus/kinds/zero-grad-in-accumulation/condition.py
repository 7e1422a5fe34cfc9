# break: optimizer
# where: optimizer.zero_grad()
import torch
from torch import nn

torch.manual_seed(0)
EVERY = 4
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for number in range(1, 121):
    x = torch.randn(8, 6)
    loss = nn.functional.cross_entropy(model(x), x.argmax(1)) / EVERY
    loss.backward()
    if number % EVERY == 0:
        optimizer.step()
        optimizer.zero_grad()
print(loss.item() * EVERY)
