import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR

torch.manual_seed(0)
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
constant = LambdaLR(optimizer, lambda step: 1.0)
x = torch.randn(64, 4)
for _ in range(30):
    optimizer.zero_grad()
    ((net(x) - x[:, :1]) ** 2).mean().backward()
    optimizer.step()

other = torch.optim.AdamW(net.parameters(), lr=0.01)
warm = LinearLR(other, 0.1, total_iters=5)
cool = CosineAnnealingLR(other, T_max=35)
both = SequentialLR(other, [warm, cool], milestones=[5])
start = 10
for _ in range(start):
    both.step()
for step in range(start, 40):
    other.zero_grad()
    ((net(x) - x[:, :1]) ** 2).mean().backward()
    other.step()
    both.step()
print(both.get_last_lr())
