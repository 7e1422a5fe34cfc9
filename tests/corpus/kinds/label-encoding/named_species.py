# break: Birds.__init__.class_index
# break: Learner.step.cross_entropy
# where: F.cross_entropy(
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

SONGS = {"wren": 4.0, "robin": 2.5, "owl": 0.5, "crow": 1.2}


class Birds(Dataset):
    def __init__(self, count):
        names = list(SONGS)
        self.names = [names[i] for i in torch.randint(0, len(names), (count,)).tolist()]
        self.class_index = {name: i for i, name in enumerate(sorted(SONGS))}
        time = torch.linspace(0, 6, 20)
        self.songs = torch.stack([torch.sin(SONGS[n] * time) for n in self.names]) + 0.4 * torch.randn(count, 20)

    def __len__(self):
        return len(self.names)

    def __getitem__(self, item):
        return self.songs[item], self.class_index[self.names[item]]


class Learner:
    def __init__(self, classes):
        self.net = nn.Sequential(nn.Linear(20, 24), nn.GELU(), nn.Linear(24, classes))
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=0.01)

    def step(self, songs, labels):
        loss = F.cross_entropy(self.net(songs), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


torch.manual_seed(1)
learner = Learner(len(SONGS))
loader = DataLoader(Birds(200), batch_size=25, shuffle=True)
for epoch in range(4):
    losses = [learner.step(songs, labels) for songs, labels in loader]
    print(f"{epoch}: {sum(losses) / len(losses):.3f}")
