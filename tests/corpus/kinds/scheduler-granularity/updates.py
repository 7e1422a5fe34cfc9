# break: Trainer.fit.self.scheduler
# break: Trainer.__init__.LinearLR
import torch
from torch import nn


class Trainer:
    def __init__(self, net, epochs, per_epoch):
        self.net, self.epochs = net, epochs
        self.opt = torch.optim.Adam(net.parameters(), lr=0.01)
        self.scheduler = torch.optim.lr_scheduler.LinearLR(self.opt, 1.0, 0.01, total_iters=epochs * per_epoch)

    def fit(self, loader):
        for epoch in range(self.epochs):
            for x, y in loader:
                loss = nn.functional.cross_entropy(self.net(x), y)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
                self.scheduler.step()
        return loss.item()


torch.manual_seed(0)
x = torch.randn(120, 6)
data = torch.utils.data.TensorDataset(x, (x[:, 0] > x[:, 1]).long())
loader = torch.utils.data.DataLoader(data, batch_size=12, shuffle=True)
print(Trainer(nn.Linear(6, 2), 6, len(loader)).fit(loader))
