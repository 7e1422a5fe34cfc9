# style: a trainer with a method for the end of an epoch, Adam, a cosine over all epochs
import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR

SEED = 0


def points(n_points=2000):
    where = 2 * torch.rand(n_points, 2) - 1
    column, row = ((where + 1) * 1.5).long().T
    return where, (column + row) % 2


class BoardNet(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2)
        )

    def forward(self, where):
        return self.layers(4 * where)


class Trainer:
    def __init__(self, epochs=24):
        self.epochs = epochs
        self.net = BoardNet()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=0.01)
        self.scheduler = CosineAnnealingLR(self.optimizer, T_max=epochs)

    def run(self, where, colour):
        for _ in range(self.epochs):
            for rows in torch.randperm(len(where)).split(50):
                self.optimizer.zero_grad()
                nn.functional.cross_entropy(self.net(where[rows]), colour[rows]).backward()
                self.optimizer.step()
            self.end_of_epoch()

    def end_of_epoch(self):
        self.scheduler.step()
        print(self.scheduler.get_last_lr())


torch.manual_seed(SEED)
trainer = Trainer()
trainer.run(*points())
where, colour = points(1000)
with torch.no_grad():
    print((trainer.net(where).argmax(1) == colour).float().mean().item())
