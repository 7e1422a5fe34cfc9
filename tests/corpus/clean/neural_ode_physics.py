"""A physics-informed net for u'' = -u: derivatives with respect to the inputs inside the loss."""
import torch
from torch import nn

torch.manual_seed(45)
net = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)


def derivative(values, inputs):
    return torch.autograd.grad(values, inputs, torch.ones_like(values), create_graph=True)[0]


def residual(t):
    u = net(t)
    du = derivative(u, t)
    return derivative(du, t) + u


for step in range(60):
    t = (torch.rand(48, 1) * 3.0).requires_grad_()
    start = torch.zeros(1, 1, requires_grad=True)
    u0 = net(start)
    physics = residual(t).square().mean()
    initial = (u0 - 1.0).square().mean() + derivative(u0, start).square().mean()
    loss = physics + initial
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

grid = torch.linspace(0, 3, 31).unsqueeze(1)
with torch.no_grad():
    error = (net(grid) - torch.cos(grid)).abs().max().item()
print(f"loss {loss.item():.4f}, largest error {error:.3f}")
