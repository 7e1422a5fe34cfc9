"""MAML on sine waves: inner steps with create_graph, an outer optimizer over the initial weights."""
import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(40)


class SineNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1, self.l2, self.l3 = nn.Linear(1, 24), nn.Linear(24, 24), nn.Linear(24, 1)

    def forward(self, x):
        return self.l3(torch.relu(self.l2(torch.relu(self.l1(x)))))

    def functional(self, x, w):
        x = torch.relu(F.linear(x, w[0], w[1]))
        x = torch.relu(F.linear(x, w[2], w[3]))
        return F.linear(x, w[4], w[5])


def task():
    amplitude, phase = torch.rand(()) * 4 + 0.1, torch.rand(()) * 3.14

    def draw(n):
        x = torch.rand(n, 1) * 10 - 5
        return x, amplitude * torch.sin(x + phase)

    return draw


def adapt(net, weights, x, y, rate=0.01):
    loss = F.mse_loss(net.functional(x, weights), y)
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    return [w - rate * g for w, g in zip(weights, gradients)]


net = SineNet()
meta = torch.optim.Adam(net.parameters(), lr=1e-3)
for iteration in range(25):
    meta_loss = 0.0
    for _ in range(4):
        draw = task()
        fast = adapt(net, list(net.parameters()), *draw(10))
        x, y = draw(10)
        meta_loss = meta_loss + F.mse_loss(net.functional(x, fast), y)
    meta.zero_grad()
    (meta_loss / 4).backward()
    meta.step()
    if iteration % 10 == 0:
        print(iteration, meta_loss.item() / 4)
