# break: Wheel.turn.loss
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Wheel:
    def __init__(self, net, every):
        self.net, self.every = net, every
        self.opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        self.scaler = torch.amp.GradScaler("cpu")

    def turn(self, loader):
        for count, (a, b) in enumerate(loader, 1):
            with torch.autocast("cpu", dtype=torch.float16):
                loss = nn.functional.mse_loss(self.net(a), b) / self.every
            self.scaler.scale(loss).backward()
            if count % self.every == 0:
                self.scaler.unscale_(self.opt)
                nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
                self.scaler.step(self.opt)
                self.scaler.update()
                self.opt.zero_grad()


torch.manual_seed(0)
x = torch.randn(320, 6)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8, shuffle=True)
wheel = Wheel(nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1)), every=4)
for _ in range(4):
    wheel.turn(loader)
with torch.no_grad():
    print(nn.functional.mse_loss(wheel.net(x), x.sum(1, keepdim=True)).item())
