import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

torch.manual_seed(0)
x = torch.randn(64, 4)
y = x.sum(1, keepdim=True)

net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
norms = []
for _ in range(25):
    opt.zero_grad()
    ((net(x) - y) ** 2).mean().backward()
    opt.step()
    norms.append(clip_grad_norm_(net.parameters(), float("inf")).item())

lbfgs = torch.optim.LBFGS(net.parameters(), lr=0.1)


def closure():
    lbfgs.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    clip_grad_norm_(net.parameters(), 0.1)
    return loss


for _ in range(5):
    lbfgs.step(closure)

net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for number in range(1, 61):
    (((net(x) - y) ** 2).mean() / 2).backward()
    clip_grad_norm_(net[0].parameters(), 1e-3)
    if number % 2 == 0:
        opt.step()
        opt.zero_grad(set_to_none=False)

for _ in range(10):
    grads = torch.autograd.grad(((net(x) - y) ** 2).mean(), list(net.parameters()))
    for p, g in zip(net.parameters(), grads):
        p.grad = g
    clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
print(norms[-1])
