"""Batches of a few classes, the hardest triplets, retrieval by pairs; then pairs through one tower."""
import torch
from torch import nn
from torch.utils.data import Dataset, DataLoader, BatchSampler
torch.manual_seed(0)


class PKSampler(BatchSampler):
    "P classes, K samples of each per batch"
    def __init__(self, labels, p, k, n):
        self.by = {int(c): (labels == c).nonzero().flatten() for c in labels.unique()}
        self.p, self.k, self.n = p, k, n
    def __len__(self): return self.n
    def __iter__(self):
        keys = list(self.by)
        for _ in range(self.n):
            cs = [keys[i] for i in torch.randperm(len(keys))[:self.p]]
            yield [int(self.by[c][j]) for c in cs for j in torch.randint(len(self.by[c]), (self.k,))]


class Arr(Dataset):
    def __init__(self, x, y): self.x, self.y = x, y
    def __len__(self): return len(self.x)
    def __getitem__(self, i): return self.x[i], self.y[i]


def batch_hard_triplet(e, y, margin=0.3):
    d = torch.cdist(e, e)
    same = y[:, None] == y[None, :]
    hardest_pos = (d * same).max(1).values
    hardest_neg = (d + 1e6 * same).min(1).values
    return torch.relu(hardest_pos - hardest_neg + margin).mean()


labels = torch.randint(0, 12, (600,))
x = (torch.randn(12, 16) * 1.3)[labels] + torch.randn(600, 16)
train_ds = Arr(x[:480], labels[:480])
dl = DataLoader(train_ds, batch_sampler=PKSampler(train_ds.y, 6, 5, 15))
tower = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
opt = torch.optim.Adam(tower.parameters(), 3e-3)
for epoch in range(5):
    tower.train()
    for xb, yb in dl:
        e = nn.functional.normalize(tower(xb), dim=-1)
        loss = batch_hard_triplet(e, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    tower.eval()
    with torch.no_grad():
        q, g = nn.functional.normalize(tower(x[480:]), dim=-1), nn.functional.normalize(tower(x[:480]), dim=-1)
        rel = labels[480:, None] == labels[None, :480]
        r1 = rel.gather(1, (q @ g.t()).topk(1).indices).float().mean()
        # all-pairs verification accuracy inside the query set
        match = labels[480:].unsqueeze(1) == labels[480:].unsqueeze(0)
        pred = torch.cdist(q, q) < 0.7
        print(epoch, loss.item(), r1.item(), (pred == match).float().mean().item())
# siamese fine-tune on pairs, one tower called twice
opt = torch.optim.Adam(tower.parameters(), 1e-3)
for _ in range(20):
    i, j = torch.randint(480, (64,)), torch.randint(480, (64,))
    t = (labels[i] == labels[j]).float() * 2 - 1
    loss = nn.functional.cosine_embedding_loss(tower(x[i]), tower(x[j]), t, margin=0.2)
    opt.zero_grad(); loss.backward(); opt.step()
print(loss.item())
