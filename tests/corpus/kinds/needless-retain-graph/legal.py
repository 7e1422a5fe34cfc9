import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.02)
for _ in range(20):
    x = torch.randn(8, 4)
    out = net(x)
    opt.zero_grad()
    nn.functional.mse_loss(out[:, 0], x[:, 0]).backward(retain_graph=True)
    nn.functional.mse_loss(out[:, 1], x[:, 1]).backward()
    opt.step()

for _ in range(20):
    x = torch.randn(8, 4)
    opt.zero_grad()
    loss = nn.functional.mse_loss(net(x), x[:, :2])
    loss.backward(create_graph=True)
    penalty = sum(p.grad.pow(2).sum() for p in net.parameters())
    for p in net.parameters():
        p.grad = None
    (0.01 * penalty + loss.detach()).backward()
    opt.step()

critic = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(critic.parameters())
for _ in range(20):
    x = torch.randn(8, 2, requires_grad=True)
    out = critic(x)
    (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    opt.zero_grad()
    (out.mean() + (slope.norm(dim=1) - 1).pow(2).mean()).backward()
    opt.step()
