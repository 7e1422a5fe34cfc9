import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(5)
signal = torch.randn(50, 6)
kind = (signal[:, 0] > 0).long() + (signal[:, 1] > 0).long()


class ColumnScores(nn.Module):
    """Returns a column of scores per sample: (classes, samples)."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(0.1 * torch.randn(3, 6))

    def forward(self, samples):
        return self.weight @ samples.T


model = ColumnScores()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for step in range(40):
    optimizer.zero_grad()
    F.cross_entropy(model(signal).T, kind).backward()
    optimizer.step()
with torch.no_grad():
    scores = model(signal)
    share = (scores.argmax(dim=0) == kind).float().mean()
    best = signal[scores.argmax(dim=1)]
print(share.item(), best.shape)
