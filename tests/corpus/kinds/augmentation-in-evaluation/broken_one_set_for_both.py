"""Short sounds, all of them from one data set that changes what it hands out."""
# where: for wave, word in dev_loader
import random
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import Dataset, DataLoader, random_split


def jitter(wave):
    wave = torch.roll(wave, random.randint(-12, 12), dims=-1)
    wave = wave * random.uniform(0.6, 1.4)
    if random.random() < 0.5:
        wave = -wave
    return wave + 0.25 * torch.randn_like(wave)


class KeywordClips(Dataset):
    """Fake one-second clips of five spoken words."""

    def __init__(self, n, transform=None):
        t = torch.linspace(0, 1, 160)
        self.labels = torch.randint(0, 5, (n,))
        f = 4.0 + 3.0 * self.labels.float() + 0.3 * torch.randn(n)
        env = torch.exp(-((t - 0.5) ** 2) / 0.05)
        self.clips = (torch.sin(2 * torch.pi * f[:, None] * t) * env + 0.2 * torch.randn(n, 160))[:, None]
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        clip = self.clips[i]
        if self.transform is not None:
            clip = self.transform(clip)
        return clip, self.labels[i]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv1d(1, 16, 9, stride=2, padding=4)
        self.c2 = nn.Conv1d(16, 32, 9, stride=2, padding=4)
        self.out = nn.Linear(32, 5)

    def forward(self, x):
        x = F.relu(self.c1(x))
        x = F.relu(self.c2(x))
        return self.out(x.amax(-1))


torch.manual_seed(0)
random.seed(0)
clips = KeywordClips(400, transform=jitter)
train_part, dev_part = random_split(clips, [320, 80])
train_loader = DataLoader(train_part, batch_size=40, shuffle=True)
dev_loader = DataLoader(dev_part, batch_size=100)

net = Net()
optim = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(3):
    net.train()
    for wave, word in train_loader:
        optim.zero_grad()
        loss = F.cross_entropy(net(wave), word)
        loss.backward()
        optim.step()
    net.eval()
    hits = 0
    with torch.no_grad():
        for wave, word in dev_loader:
            hits += (net(wave).argmax(1) == word).sum().item()
    print(f"[{epoch}] last loss {loss.item():.3f}  dev acc {hits / len(dev_part):.3f}")
