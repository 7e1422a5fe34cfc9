# break: Encoder.forward.z
# where: self.encoder(x)
import torch
import torch.nn.functional as F
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.second = nn.Linear(6, 12), nn.BatchNorm1d(12), nn.Linear(12, 4)
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        z = F.relu(self.norm(self.first(x)))
        z = self.drop(z)
        return self.second(z)


class Task:
    def __init__(self):
        self.encoder = Encoder()
        self.opt = torch.optim.SGD(self.encoder.parameters(), lr=0.1, momentum=0.9)

    def step(self, x, y):
        scores = self.encoder(x)
        loss = F.cross_entropy(scores, y)
        self.opt.zero_grad()
        loss.backward()
        self.opt.step()
        return loss.item()


torch.manual_seed(0)
task = Task()
for _ in range(30):
    x = torch.randn(16, 6)
    value = task.step(x, x[:, :4].argmax(1))
print(value)
