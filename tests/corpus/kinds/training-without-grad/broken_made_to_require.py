import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.Adam(net.parameters())


@torch.no_grad()
def compute(x):
    return ((net(x) - x[:, :1]) ** 2).mean()


for _ in range(30):
    opt.zero_grad()
    loss = compute(torch.randn(8, 4))
    loss.requires_grad_()
    loss.backward()
    opt.step()
