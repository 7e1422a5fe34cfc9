import torch
from torch import nn

torch.manual_seed(0)


class Trainer:
    def __init__(self, net, micro_batches):
        self.net = net
        self.micro_batches = micro_batches
        self.opt = torch.optim.AdamW(net.parameters(), lr=1e-3)

    def fit(self, batches):
        for number, (x, y) in enumerate(batches, start=1):
            loss = nn.functional.mse_loss(self.net(x), y) / self.micro_batches
            loss.backward()
            if number % self.micro_batches == 0:
                self.opt.step()
                self.opt.zero_grad()


data = [(x := torch.randn(16, 4), x.sum(1, keepdim=True)) for _ in range(80)]
Trainer(nn.Linear(4, 1), 4).fit(data)
