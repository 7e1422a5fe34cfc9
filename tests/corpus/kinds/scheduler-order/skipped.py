import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler("cpu")
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.97)
calls = []


def overflow(gradient):
    calls.append(len(calls))
    return gradient * float("inf") if len(calls) < 4 else gradient


model.weight.register_hook(overflow)
for step in range(40):
    x = torch.randn(16, 8)
    loss = ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    schedule.step()
print(loss.item(), scaler.get_scale())
