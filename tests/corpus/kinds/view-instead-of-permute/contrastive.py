import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class TwoTowers(nn.Module):
    """Compares every picture of the batch with every text of the batch."""

    def __init__(self):
        super().__init__()
        self.picture = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.BatchNorm1d(24), nn.Linear(24, 8))
        self.text = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 8))

    def forward(self, pictures, texts):
        a = F.normalize(self.picture(pictures), dim=1)
        b = F.normalize(self.text(texts), dim=1)
        return a @ b.T / 0.2


pictures = torch.randn(128, 12)
texts = pictures[:, :6] + 0.1 * torch.randn(128, 6)
model = TwoTowers()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(5):
    for rows in torch.randperm(128).split(16):
        scores = model(pictures[rows], texts[rows])
        pairs = torch.arange(len(rows))
        loss = (F.cross_entropy(scores, pairs) + F.cross_entropy(scores.T, pairs)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
