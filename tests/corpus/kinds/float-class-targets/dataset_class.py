# break: Strokes.__getitem__.digit
# where: self.criterion(
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Strokes(Dataset):
    def __init__(self, n):
        self.rows = [([float(i % 7), float(i % 5), i / n], i % 7 % 3) for i in range(n)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        points, digit = self.rows[index]
        return torch.tensor(points), torch.tensor(digit, dtype=torch.long)


class Learner:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 3))
        self.criterion = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 1.0, 2.0]))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def learn(self, loader):
        self.net.train()
        for points, digits in loader:
            self.optimizer.zero_grad()
            self.criterion(self.net(points), digits).backward()
            self.optimizer.step()


torch.manual_seed(0)
learner = Learner()
for _ in range(4):
    learner.learn(DataLoader(Strokes(140), batch_size=20, shuffle=True))
