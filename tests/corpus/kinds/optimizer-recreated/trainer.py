# break: Trainer.__init__.self.opt
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, net, loader):
        self.net = net
        self.loader = loader
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.02, momentum=0.9)

    def epoch(self):
        total = 0.0
        for x, y in self.loader:
            loss = nn.functional.mse_loss(self.net(x), y)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
            total += loss.item()
        return total

    def fit(self, epochs):
        for number in range(epochs):
            print(number, self.epoch())


torch.manual_seed(0)
x = torch.randn(96, 3)
loader = DataLoader(TensorDataset(x, x.cumsum(1)), batch_size=12, shuffle=True)
Trainer(nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 3)), loader).fit(5)
