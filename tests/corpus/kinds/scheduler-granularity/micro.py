# break: sched
import torch
from torch import nn

torch.manual_seed(0)
STEPS, PARTS = 30, 4
net = nn.Sequential(nn.Linear(5, 10), nn.Tanh(), nn.Linear(10, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=STEPS)
for number in range(1, STEPS * PARTS + 1):
    x = torch.randn(8, 5)
    loss = nn.functional.mse_loss(net(x), x.mean(1, keepdim=True)) / PARTS
    loss.backward()
    if number % PARTS == 0:
        opt.step()
        sched.step()
        opt.zero_grad()
print(loss.item())
