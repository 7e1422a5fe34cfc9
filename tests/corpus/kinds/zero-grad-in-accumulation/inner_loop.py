# break: Job.update.self.opt
import torch
from torch import nn


class Job:
    def __init__(self):
        self.net = nn.LSTM(3, 8, batch_first=True)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def update(self, parts):
        self.opt.zero_grad(set_to_none=False)
        total = 0.0
        for part in parts:
            out, _ = self.net(part)
            loss = (out[:, -1].mean(1) - part.mean((1, 2))).pow(2).mean() / len(parts)
            loss.backward()
            total += loss.item()
        self.opt.step()
        return total


torch.manual_seed(0)
job = Job()
for _ in range(20):
    value = job.update(torch.randn(12, 5, 3).split(4))
print(value)
