# break: Forecaster.training_step.division
# where: .backward()
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(2, 12, batch_first=True)
        self.out = nn.Linear(12, 1)

    def forward(self, series):
        return self.out(self.rnn(series)[0]).squeeze(-1)

    def training_step(self, series, goal, seen):
        error = (self(series) - goal) ** 2
        per_series = (error * seen).sum(dim=1) / seen.sum(dim=1).clamp(min=1)
        return per_series.mean()


torch.manual_seed(0)
series = torch.randn(96, 10, 2)
seen = (torch.rand(96, 10) < 0.6).float()
seen[::9] = 0
model = Forecaster()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for epoch in range(3):
    for batch in DataLoader(TensorDataset(series, series.sum(2), seen), batch_size=16, shuffle=True):
        optimizer.zero_grad()
        model.training_step(*batch).backward()
        optimizer.step()
