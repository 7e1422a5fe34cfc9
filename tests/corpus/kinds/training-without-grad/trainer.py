# break: Trainer.step.loss
import torch
from torch import nn


def net(trainer, x):
    return trainer.net(x)


class Trainer:
    def __init__(self, net, teacher):
        self.net, self.teacher = net, teacher.eval()
        self.opt = torch.optim.SGD(net.parameters(), lr=0.05)

    def wanted(self, x):
        with torch.no_grad():
            return self.teacher(x).clone()

    def step(self, x):
        y = self.wanted(x)
        self.opt.zero_grad()
        loss = nn.functional.mse_loss(net(self, x), y)
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
trainer = Trainer(nn.Linear(4, 2), nn.Linear(4, 2))
for _ in range(40):
    value = trainer.step(torch.randn(16, 4))
print(value)
