"""A data set that hands out noisy signals with the clean ones: to take the noise away is the task, held out or not."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split

torch.manual_seed(5)


class Noisy(Dataset):
    def __init__(self, n):
        phase = torch.rand(n, 1) * 6.28
        self.clean = torch.sin(torch.arange(20) / 3 + phase)

    def __len__(self):
        return len(self.clean)

    def __getitem__(self, index):
        return self.clean[index] + 0.4 * torch.randn(20), self.clean[index]


train, held_out = random_split(Noisy(360), [300, 60])
net = nn.Sequential(nn.Linear(20, 48), nn.ReLU(), nn.Linear(48, 20))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    for noisy, clean in DataLoader(train, 30, shuffle=True):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(noisy), clean).backward()
        optimizer.step()
    with torch.no_grad():
        error = sum(nn.functional.mse_loss(net(a), b).item() * len(a) for a, b in DataLoader(held_out, 30)) / 60
    print(epoch, error)
