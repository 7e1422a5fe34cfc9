import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
weights = net.parameters()
opt = torch.optim.SGD(weights, lr=0.05)
for _ in range(30):
    x = torch.randn(8, 4)
    opt.zero_grad()
    (net(x) - x.sum(1, keepdim=True)).pow(2).mean().backward()
    nn.utils.clip_grad_norm_(weights, 1.0)
    opt.step()
