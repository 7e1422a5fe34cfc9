"""A growing prefix of rows sorted by difficulty, and of each batch the hardest losses alone."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset
torch.manual_seed(0)


class CurriculumSampler(Sampler):
    """Easy first: a growing, shuffled prefix of the difficulty-sorted data."""
    def __init__(self, difficulty, epochs):
        self.order, self.epochs, self.epoch = difficulty.argsort(), epochs, 0
    def _n(self): return int(len(self.order) * min(1.0, 0.4 + 0.6 * self.epoch / (self.epochs - 2)))
    def __len__(self): return self._n()
    def __iter__(self):
        k = self._n()
        if self.epoch == 0:  # first pass strictly from easy to hard
            return iter(self.order[:k].tolist())
        return iter(self.order[:k][torch.randperm(k)].tolist())


EPOCHS = 6
x = torch.randn(600, 5)
margin = x[:, 0] + 0.5 * x[:, 1] ** 2 - 0.4
y = (margin > 0).long()
sampler = CurriculumSampler(-margin.abs()[:500], EPOCHS)
loader = DataLoader(TensorDataset(x[:500], y[:500]), batch_size=40, sampler=sampler)
net = nn.Sequential(nn.Linear(5, 40), nn.ReLU(), nn.Linear(40, 2))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
crit = nn.CrossEntropyLoss(reduction="none")
for sampler.epoch in range(EPOCHS):
    seen = 0
    for xb, yb in loader:
        losses = crit(net(xb), yb)
        keep = max(8, int(0.7 * len(losses)))
        hard, _ = losses.topk(min(keep, len(losses)))
        opt.zero_grad()
        hard.mean().backward()
        opt.step()
        seen += len(xb)
    with torch.no_grad():
        val = net(x[500:])
        print(sampler.epoch, seen, crit(val, y[500:]).mean().item(), (val.max(1)[1] == y[500:]).float().mean().item())
