# style: one function, chunks of a large batch, a sum of losses divided by all rows, one-cycle schedule
import math

import torch
import torch.nn.functional as F
from torch import nn


def sample(n, length=64):
    y = torch.rand(n, 1) * 10
    t = torch.linspace(0, 1, length + 1)[:-1]
    a, b = (2 * math.pi * torch.rand(n, 1) for _ in range(2))
    x = torch.sin(2 * math.pi * 3 * t + a) + 0.3 * y * torch.sin(2 * math.pi * 17 * t + b)
    return (x + 0.3 * torch.randn(n, length))[:, None], y


class WearNet(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.conv = nn.Conv1d(1, width, 9, padding="same")
        self.one, self.two = nn.Linear(width, 32), nn.Linear(32, 1)

    def forward(self, x):
        return self.two(F.relu(self.one(F.relu(self.conv(x)).mean(-1))))


def main(epochs=8, large=64, parts=16, bound=20.0):
    torch.manual_seed(0)
    dev = "cuda" if torch.cuda.is_available() else "cpu"
    (x, y), (xt, yt) = sample(768), sample(400)
    net = WearNet().to(dev)
    opt = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
    sched = torch.optim.lr_scheduler.OneCycleLR(opt, 0.03, total_steps=epochs * len(x) // large, pct_start=0.1)
    scaler = torch.amp.GradScaler(dev, init_scale=2.0**12)
    for epoch in range(epochs):
        net.train()
        mean = 0.0
        for rows in torch.randperm(len(x)).split(large):
            opt.zero_grad()
            for xs, ys in zip(x[rows].chunk(parts), y[rows].chunk(parts), strict=True):
                with torch.autocast(dev, torch.float16):
                    guess = net(xs.to(dev))
                loss = F.mse_loss(guess.float(), ys.to(dev), reduction="sum") / large
                scaler.scale(loss).backward()
                mean += loss.item() / (len(x) // large)
            scaler.unscale_(opt)
            torch.nn.utils.clip_grad_norm_(net.parameters(), bound)
            scaler.step(opt)
            before = scaler.get_scale()
            scaler.update()
            if scaler.get_scale() >= before:
                sched.step()
        net.eval()
        with torch.no_grad():
            print(epoch, mean, F.mse_loss(net(xt.to(dev)), yt.to(dev)).item())


main()
