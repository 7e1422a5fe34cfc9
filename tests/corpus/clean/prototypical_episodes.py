"""Prototypical networks: N-way K-shot episodes, distances to class means as logits."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, Sampler


class Glyphs(Dataset):
    def __init__(self, n_classes, per_class):
        base = (torch.rand(n_classes, 1, 8, 8) > 0.7).float()
        self.x = base.repeat_interleave(per_class, 0) + 0.2 * torch.randn(n_classes * per_class, 1, 8, 8)
        self.y = torch.arange(n_classes).repeat_interleave(per_class)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class EpisodeSampler(Sampler):
    def __init__(self, labels, n_way, n_samples, episodes):
        self.by_class = [torch.where(labels == c)[0] for c in labels.unique()]
        self.n_way, self.n_samples, self.episodes = n_way, n_samples, episodes

    def __len__(self):
        return self.episodes

    def __iter__(self):
        for _ in range(self.episodes):
            classes = torch.randperm(len(self.by_class))[: self.n_way]
            rows = [self.by_class[c][torch.randperm(len(self.by_class[c]))[: self.n_samples]] for c in classes]
            yield torch.stack(rows).t().reshape(-1).tolist()


def conv_block(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2))


WAY, SHOT, QUERY = 4, 2, 3
torch.manual_seed(6)
train, test = Glyphs(12, 10), Glyphs(6, 10)
train_loader = DataLoader(train, batch_sampler=EpisodeSampler(train.y, WAY, SHOT + QUERY, 25))
test_loader = DataLoader(test, batch_sampler=EpisodeSampler(test.y, WAY, SHOT + QUERY, 8))
net = nn.Sequential(conv_block(1, 8), conv_block(8, 8), nn.Flatten())
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def episode(batch):
    data, _ = batch
    embedded = net(data)
    support, query = embedded[: WAY * SHOT], embedded[WAY * SHOT :]
    proto = support.reshape(SHOT, WAY, -1).mean(dim=0)
    logits = -torch.cdist(query, proto) ** 2
    labels = torch.arange(WAY).repeat(QUERY)
    return F.cross_entropy(logits, labels), (logits.argmax(1) == labels).float().mean().item()


for epoch in range(2):
    net.train()
    for batch in train_loader:
        loss, acc = episode(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        scores = [episode(batch)[1] for batch in test_loader]
    print(f"epoch {epoch}: loss {loss.item():.3f}, test {sum(scores) / len(scores):.3f}")
