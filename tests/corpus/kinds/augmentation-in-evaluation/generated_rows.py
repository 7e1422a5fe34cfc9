import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

CENTRES = torch.tensor([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0], [-2.0, 0.0, 0.0]])


class Endless(Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        label = i % 4
        return CENTRES[label] + 0.7 * torch.randn(3), label


torch.manual_seed(0)
train, test = DataLoader(Endless(120), batch_size=24), DataLoader(Endless(48), batch_size=48)
net = nn.Linear(3, 4)
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
for epoch in range(5):
    for x, y in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
    with torch.no_grad():
        print(epoch, [(net(x).argmax(1) == y).float().mean().item() for x, y in test])
