import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.02)


def loss_of(x):
    return nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))


scaler = torch.amp.GradScaler("cpu")
for _ in range(20):
    opt.zero_grad()
    scaler.scale(loss_of(torch.randn(16, 4))).backward()
    scaler.unscale_(opt)
    opt.step()
    scaler.update()

off = torch.amp.GradScaler("cpu", enabled=False)
for _ in range(20):
    opt.zero_grad()
    off.scale(loss_of(torch.randn(16, 4))).backward()
    opt.step()
opt.zero_grad()

for number in range(40):
    scaler.scale(loss_of(torch.randn(16, 4)) / 4).backward()
    if number % 4 == 3:
        scaler.step(opt)
        scaler.update()
        opt.zero_grad()

for _ in range(20):
    opt.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = loss_of(torch.randn(16, 4))
    loss.backward()
    opt.step()

for _ in range(20):
    grads = torch.autograd.grad(scaler.scale(loss_of(torch.randn(16, 4))), list(net.parameters()))
    for p, g in zip(net.parameters(), grads):
        p.grad = g
    scaler.step(opt)
    scaler.update()
