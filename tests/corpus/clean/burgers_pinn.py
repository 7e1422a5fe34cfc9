"""A physics-informed network for u'' = -pi^2 sin(pi x), boundary conditions in the loss, Adam and then L-BFGS."""
import numpy as np
import torch
import torch.nn as nn


class PINN(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        for layer in self.linears:
            nn.init.xavier_normal_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.linears[:-1]:
            x = torch.tanh(layer(x))
        return self.linears[-1](x)


def residual(net, x):
    x = x.clone().requires_grad_(True)
    u = net(x)
    du = torch.autograd.grad(u, x, torch.ones_like(u), create_graph=True)[0]
    ddu = torch.autograd.grad(du, x, torch.ones_like(du), create_graph=True)[0]
    return ddu + np.pi**2 * torch.sin(np.pi * x)


torch.manual_seed(1)
net = PINN([1, 20, 20, 1])
x_f = torch.linspace(-1, 1, 64).view(-1, 1)
x_b = torch.tensor([[-1.0], [1.0]])
u_b = torch.zeros(2, 1)
mse = nn.MSELoss()


def loss_fn():
    r = residual(net, x_f)
    return mse(r, torch.zeros_like(r)) + 10 * mse(net(x_b), u_b)


adam = torch.optim.Adam(net.parameters(), lr=1e-3)
for it in range(40):
    adam.zero_grad()
    loss = loss_fn()
    loss.backward()
    adam.step()
    if it % 20 == 0:
        print(f"Adam {it}: {loss.item():.3e}")

lbfgs = torch.optim.LBFGS(net.parameters(), max_iter=12, history_size=20, line_search_fn="strong_wolfe")


def closure():
    lbfgs.zero_grad()
    loss = loss_fn()
    loss.backward()
    return loss


lbfgs.step(closure)
with torch.no_grad():
    x = torch.linspace(-1, 1, 101).view(-1, 1)
    error = (net(x) - torch.sin(np.pi * x)).abs().max()
print(f"L-BFGS: {loss_fn().item():.3e}, max error {error.item():.3f}")
