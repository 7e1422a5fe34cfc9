import copy

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
y = x.sum(1, keepdim=True)

# One optimizer for each parameter, stepped while the gradients arrive.
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
steppers = {p: torch.optim.Adam([p], lr=1e-2) for p in model.parameters()}


def step_at_once(p):
    steppers[p].step()
    steppers[p].zero_grad()


for p in model.parameters():
    p.register_post_accumulate_grad_hook(step_at_once)
for _ in range(25):
    nn.functional.mse_loss(model(x), y).backward()

# Moved after the optimizer was built; averaged weights are swapped in to be measured.
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
net.to("cpu")
average = copy.deepcopy(net)
for step in range(30):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x), y).backward()
    optimizer.step()
    with torch.no_grad():
        for mean, p in zip(average.parameters(), net.parameters()):
            mean.lerp_(p, 0.1)
    if step % 10 == 9:
        for mean, p in zip(average.parameters(), net.parameters()):
            mean.data, p.data = p.data, mean.data
        with torch.no_grad():
            print(nn.functional.mse_loss(net(x), y).item())
        for mean, p in zip(average.parameters(), net.parameters()):
            mean.data, p.data = p.data, mean.data

# Another head, and an optimizer that is told of it.
net[2] = nn.Linear(8, 1)
optimizer.add_param_group({"params": net[2].parameters()})
for _ in range(25):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(-x), y).backward()
    optimizer.step()
