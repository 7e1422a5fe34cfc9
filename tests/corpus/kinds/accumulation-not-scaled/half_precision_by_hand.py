import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
scaler = torch.amp.GradScaler("cpu")
for _ in range(30):
    x = torch.randn(32, 6)
    opt.zero_grad()
    for a in x.chunk(4):
        with torch.autocast("cpu", dtype=torch.float16):
            loss = nn.functional.mse_loss(net(a), a.sum(1, keepdim=True))
        scaler.scale(loss).backward()
    scaler.unscale_(opt)
    for p in net.parameters():
        p.grad /= 4
    nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    scaler.step(opt)
    scaler.update()

schedule = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=6)
for _ in range(6):
    for _ in range(5):
        x = torch.randn(32, 6)
        opt.zero_grad()
        for a in x.chunk(4):
            loss = nn.functional.mse_loss(net(a), a.sum(1, keepdim=True), reduction="sum") / len(x)
            scaler.scale(loss).backward()
        scaler.step(opt)
        scaler.update()
    schedule.step()
