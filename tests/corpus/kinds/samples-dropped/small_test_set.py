# break: Regression.__init__.test_loader
# where: in self.test_loader
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Curve(Dataset):
    def __init__(self, count, seed):
        generator = torch.Generator().manual_seed(seed)
        self.x = torch.rand(count, 1, generator=generator) * 4 - 2
        self.y = torch.sin(2 * self.x)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index], self.y[index]


class Regression:
    def __init__(self, model, batch_size=64):
        self.model = model
        self.train_loader = DataLoader(Curve(256, seed=1), batch_size=batch_size, shuffle=True)
        self.test_loader = DataLoader(
            Curve(40, seed=2),
            batch_size=batch_size,
            shuffle=False,
        )
        self.optimizer = torch.optim.Adam(model.parameters(), lr=0.02)

    def train(self):
        for x, y in self.train_loader:
            loss = nn.functional.mse_loss(self.model(x), y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def test(self):
        squares, rows = 0.0, 0
        with torch.no_grad():
            for x, y in self.test_loader:
                squares += (self.model(x) - y).square().sum().item()
                rows += len(x)
        return squares / max(rows, 1)


torch.manual_seed(0)
task = Regression(nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1)))
for epoch in range(6):
    task.train()
    print(epoch, task.test())
