# break: Siamese.distance.norm
# where: .sqrt()
import torch
from torch import nn


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 3))

    def distance(self, left, right):
        gap = self.encode(left) - self.encode(right)
        return gap.norm(dim=1)

    def forward(self, left, right, same):
        d = self.distance(left, right)
        return (same * d + (1 - same) * torch.relu(1 - d)).mean()


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

    def run(self, rows, steps):
        for _ in range(steps):
            left, right = rows[torch.randint(0, 40, (20,))], rows[torch.randint(0, 40, (20,))]
            right[:4] = left[:4]
            loss = self.model(left, right, (left[:, 0] * right[:, 0] > 0).float())
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


torch.manual_seed(0)
Trainer(Siamese()).run(torch.randn(40, 4), 30)
