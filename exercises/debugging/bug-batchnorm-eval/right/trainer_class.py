# style: a trainer class with hooks before epochs and scorings, one batch norm inside a Sequential
import torch
from torch import nn
from torch.nn import functional as F

SEED = 0
CENTRE = torch.tensor([1200.0, 86.0, 4.9, 350.0, 12.0, 0.4])
SPREAD = torch.tensor([150.0, 3.0, 0.2, 60.0, 1.5, 0.1])
TASTE = torch.tensor([[1.0, -0.5, 0.8, 0.0, -1.0, 0.3], [0.2, 1.1, 0.0, -0.9, 0.4, 0.7]])


def roast(n_samples=1000):
    standard = torch.randn(n_samples, 6)
    first, second = (standard @ TASTE.T).T
    grade = torch.bucketize(first * second.sign() + 0.5 * second, torch.tensor([-0.7, 0.9]))
    return CENTRE + SPREAD * standard, grade


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(
            nn.BatchNorm1d(6), nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3)
        )
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=0.01)

    def before_epoch(self):
        self.net.train()

    def before_scoring(self):
        self.net.eval()

    def run(self, data, held_out):
        print("at first", self.score(held_out))
        for epoch in range(12):
            self.before_epoch()
            x, y = data
            for rows in torch.randperm(len(x)).split(50):
                self.optimizer.zero_grad()
                F.cross_entropy(self.net(x[rows]), y[rows]).backward()
                self.optimizer.step()
            print(epoch, self.score(held_out))

    @torch.inference_mode()
    def score(self, held_out):
        self.before_scoring()
        x, y = held_out
        return (self.net(x).argmax(1) == y).float().mean().item()


torch.manual_seed(SEED)
Trainer().run(roast(), roast(500))
