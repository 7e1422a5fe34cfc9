import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 3)
y = (x.sum(dim=1) > 0).float()
linear = nn.Linear(3, 1)
optimizer = torch.optim.SGD(linear.parameters(), lr=0.1)
for step in range(50):
    prediction = linear(x[:150])[:, 0]
    loss = nn.functional.mse_loss(prediction, y[:150])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    decided = (linear(x[150:])[:, 0] > 0.5).float()
print("accuracy", (decided == y[150:]).float().mean().item())

net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for step in range(50):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x[:150]), y[:150].long())
    loss.backward()
    optimizer.step()
with torch.no_grad():
    second = torch.topk(net(x[150:]), 2, dim=1).indices[:, 1]
    print("runner-up is right:", (second == y[150:].long()).float().mean().item())
