import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, :1] * 3.0 - x[:, 1:2]) ** 3
net = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
weights = list(net.parameters())
optimizer = torch.optim.SGD(weights, lr=0.05)


def shorten(longest):
    length = sum(w.grad.square().sum() for w in weights).sqrt()
    for w in weights:
        w.grad = w.grad * min(1.0, longest / float(length))


for epoch in range(6):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x[rows]), y[rows])
        loss.backward()
        shorten(1.0)
        optimizer.step()
print(f"loss {loss.item():.3f}")
