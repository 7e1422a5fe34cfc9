# break: Classifier.layers
# where: self.criterion(
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(inputs, 20),
            nn.ReLU(),
            nn.Linear(20, classes),
            nn.LogSoftmax(dim=1),
        )

    def forward(self, x):
        return self.layers(x)


class Experiment:
    def __init__(self):
        self.model = Classifier(6, 4)
        self.criterion = nn.NLLLoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.05, momentum=0.9)

    def epoch(self, loader):
        total = 0.0
        for x, y in loader:
            self.optimizer.zero_grad()
            loss = self.criterion(self.model(x), y)
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(x)
        return total / len(loader.dataset)


torch.manual_seed(0)
labels = torch.randint(0, 4, (240,))
points = torch.randn(4, 6)[labels] * 2 + torch.randn(240, 6)
loader = DataLoader(TensorDataset(points, labels), batch_size=24, shuffle=True)
experiment = Experiment()
for _ in range(4):
    print(f"{experiment.epoch(loader):.3f}")
