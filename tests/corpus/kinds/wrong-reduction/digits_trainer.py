# break: Trainer.criterion
# also: learning-rate-too-high
# where: self.criterion(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
        self.optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)

    def train_step(self, x, y):
        loss = self.criterion(self.model(x), y)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def fit(self, loader, epochs):
        for epoch in range(epochs):
            losses = [self.train_step(x, y) for x, y in loader]
            print(epoch, sum(losses) / len(losses))


torch.manual_seed(1)
centres = 3 * torch.randn(4, 12)
labels = torch.randint(0, 4, (256,))
x = centres[labels] + 1.5 * torch.randn(256, 12)
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 4))
Trainer(model, 0.2).fit(DataLoader(TensorDataset(x, labels), batch_size=64, shuffle=True), 6)
