"""A frozen network, and an input that is trained; then plain tensors without any module."""
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2)).requires_grad_(False)
image = torch.zeros(1, 5, requires_grad=True)
ascent = torch.optim.SGD([image], lr=0.5)
for _ in range(10):
    loss = -net(image)[0, 1]
    ascent.zero_grad()
    loss.backward()
    ascent.step()

features = net(torch.randn(64, 5))
w = torch.zeros(2, 1, requires_grad=True)
for _ in range(10):
    loss = (features @ w - 1).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
    print(loss.item())
