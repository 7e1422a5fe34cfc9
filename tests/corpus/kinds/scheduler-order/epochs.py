# break: Run.go.self.decay
# break: Run.go.self.decay.step
import torch
from torch import nn


class Run:
    def __init__(self, lr):
        torch.manual_seed(0)
        self.net = nn.Linear(3, 1)
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=lr)
        self.decay = torch.optim.lr_scheduler.StepLR(self.opt, step_size=2, gamma=0.5)

    def epoch(self, batches):
        for x in batches:
            self.opt.zero_grad()
            loss = (self.net(x) - x.prod(1, keepdim=True)).abs().mean()
            loss.backward()
            self.opt.step()
        return loss.item()

    def go(self, epochs):
        batches = torch.randn(80, 3).split(8)
        for _ in range(epochs):
            value = self.epoch(batches)
            self.decay.step()
        return value


print(Run(0.01).go(6))
