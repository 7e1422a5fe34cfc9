# break: Experiment.__init__.train_part
# where: scores = self.net(
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split


class Blobs(Dataset):
    def __init__(self, count):
        self.labels = torch.arange(count) % 3
        self.points = torch.randn(count, 2) + 2.5 * F.one_hot(self.labels, 3)[:, :2]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {"point": self.points[i], "label": self.labels[i]}


class Experiment:
    def __init__(self, data):
        train_part, val_part = random_split(data, [0.7, 0.3])
        self.batches = DataLoader(train_part, batch_size=21, shuffle=True)
        self.held_back = DataLoader(val_part, batch_size=45)
        self.net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=0.1)

    def train_epoch(self):
        self.net.train()
        for batch in self.batches:
            self.optimizer.zero_grad()
            F.cross_entropy(self.net(batch["point"]), batch["label"]).backward()
            self.optimizer.step()

    @torch.no_grad()
    def accuracy(self):
        self.net.eval()
        hits = count = 0
        for batch in self.held_back:
            scores = self.net(batch["point"])
            hits += int((scores.argmax(-1) == batch["label"]).sum())
            count += len(scores)
        return hits / count


torch.manual_seed(4)
experiment = Experiment(Blobs(300))
for epoch in range(4):
    experiment.train_epoch()
    print(epoch, experiment.accuracy())
