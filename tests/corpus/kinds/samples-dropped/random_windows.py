import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, RandomSampler


class Windows(Dataset):
    def __init__(self, series, length=12):
        self.series, self.length = series, length

    def __len__(self):
        return len(self.series) - self.length

    def __getitem__(self, start):
        piece = self.series[start : start + self.length + 1]
        return piece[:-1], piece[-1:]


torch.manual_seed(0)
series = torch.sin(torch.arange(900) * 0.1) + 0.05 * torch.randn(900)
train_set, test_set = Windows(series[:700]), Windows(series[700:])
some = RandomSampler(train_set, num_samples=128)
train = DataLoader(train_set, batch_size=32, sampler=some, drop_last=True)
test = DataLoader(test_set, batch_size=50, sampler=range(0, len(test_set), 4))
model = nn.Sequential(nn.Linear(12, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    for past, following in train:
        optimizer.zero_grad()
        nn.functional.l1_loss(model(past), following).backward()
        optimizer.step()
    with torch.no_grad():
        errors = torch.cat([(model(past) - following).abs() for past, following in test])
    print(epoch, errors.mean().item())
