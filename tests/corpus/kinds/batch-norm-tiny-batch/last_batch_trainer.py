# break: Trainer.__init__.drop_last
# where: self.bn(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)
        self.bn = nn.BatchNorm1d(width)

    def forward(self, h):
        return h + torch.relu(self.bn(self.fc(h)))


class Trainer:
    def __init__(self, model, data):
        self.model = model
        self.loader = DataLoader(data, batch_size=16, shuffle=True, drop_last=True)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)

    def fit(self, epochs):
        for _ in range(epochs):
            self.model.train()
            for x, y in self.loader:
                loss = nn.functional.mse_loss(self.model(x), y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()


torch.manual_seed(0)
x = torch.randn(129, 8)
Trainer(nn.Sequential(Block(8), Block(8), nn.Linear(8, 1)), TensorDataset(x, x[:, :1].sin())).fit(3)
