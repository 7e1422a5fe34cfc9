# break: sched
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 3)
y = x.sum(1, keepdim=True)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
sched = torch.optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.1)
for epoch in range(8):
    for rows in torch.randperm(96).split(8):
        opt.zero_grad()
        loss = (net(x[rows]) - y[rows]).pow(2).mean()
        loss.backward()
        opt.step()
    sched.step()
print(loss.item())
