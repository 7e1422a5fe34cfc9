# style: a Dataset that returns a Python int, everything in one trainer class, functional loss
"""Tell four kinds of trees apart."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

SEED = 0
TYPICAL = np.array([[10.0, 6.0, 0.8, 6.0], [8.0, 5.0, 1.2, 9.0], [7.5, 7.0, 3.5, 14.0], [5.5, 4.0, 2.5, 17.0]])
SPREAD = np.array([1.4, 0.9, 0.5, 2.5])


class Leaves(Dataset):
    def __init__(self, n):
        self.kind = np.random.randint(4, size=n)
        self.x = TYPICAL[self.kind] + SPREAD * np.random.randn(n, 4)

    def __len__(self):
        return len(self.kind)

    def __getitem__(self, i):
        row = (self.x[i] - TYPICAL.mean(0)) / SPREAD
        return torch.tensor(row, dtype=torch.float32), int(self.kind[i])


class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(4, 24), nn.Tanh(), nn.Linear(24, 4))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=0.01)

    def fit(self, dataset):
        for _ in range(12):
            for x, y in DataLoader(dataset, batch_size=32, shuffle=True):
                loss = F.cross_entropy(self.net(x), y)
                self.opt.zero_grad(set_to_none=True)
                loss.backward()
                self.opt.step()
            print(loss.item())

    @torch.inference_mode()
    def score(self, dataset):
        hits = 0
        for x, y in DataLoader(dataset, batch_size=120):
            hits += (self.net(x).argmax(-1) == y).sum().item()
        return hits / len(dataset)


if __name__ == "__main__":
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    trainer = Trainer()
    trainer.fit(Leaves(960))
    print(trainer.score(Leaves(480)))
