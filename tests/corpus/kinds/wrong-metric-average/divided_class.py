# break: Forecaster.evaluate.divide
# where: print(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Forecaster:
    def __init__(self, history):
        self.network = nn.Sequential(nn.Linear(history, 16), nn.Tanh(), nn.Linear(16, 1))
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=0.01)

    def train_epoch(self, loader):
        for past, following in loader:
            loss = nn.functional.mse_loss(self.network(past), following)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    def evaluate(self, loader):
        squares = 0.0
        with torch.inference_mode():
            for past, following in loader:
                squares += nn.functional.mse_loss(self.network(past), following, reduction="sum").item()
        return squares / len(loader.dataset)


torch.manual_seed(0)
wave = torch.sin(torch.arange(400) * 0.2) + 0.1 * torch.randn(400)
windows = wave.unfold(0, 9, 1)
past, following = windows[:, :8], windows[:, 8:]
train = DataLoader(TensorDataset(past[:300], following[:300]), batch_size=30, shuffle=True)
test = DataLoader(TensorDataset(past[308:], following[308:]), batch_size=32)
forecaster = Forecaster(8)
for epoch in range(5):
    forecaster.train_epoch(train)
    print("epoch", epoch, "test error", forecaster.evaluate(test))
