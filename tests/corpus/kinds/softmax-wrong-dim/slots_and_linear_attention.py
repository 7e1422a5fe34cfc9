"""Attention whose softmax is not over the keys, and whose weights sum to 1 nevertheless."""
import torch
from torch import nn


class Slots(nn.Module):
    def __init__(self, d, slots):
        super().__init__()
        self.slots = nn.Parameter(torch.randn(slots, d))
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)

    def forward(self, x):
        q = self.q(self.slots).expand(len(x), -1, -1)
        weights = (q @ self.k(x).transpose(1, 2)).softmax(dim=1) + 1e-6
        return (weights / weights.sum(-1, keepdim=True)) @ self.v(x)


class Linear(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.qkv = nn.Linear(d, 3 * d)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        context = k.softmax(dim=1).transpose(1, 2) @ v
        return q.softmax(dim=-1) @ context


class Bags(nn.Module):
    """Time first, and one softmax over the time axis; a pooling matrix whose columns are summed over rows."""

    def __init__(self, d):
        super().__init__()
        self.mix, self.slots, self.score, self.assign = Linear(d), Slots(d, 3), nn.Linear(d, 1), nn.Linear(d, 2)
        self.out = nn.Linear(4 * d, 3)

    def forward(self, x):
        h = self.mix(x)
        late = h.transpose(0, 1)
        weights = torch.softmax(self.score(late), dim=0)
        pooled = (weights * late).sum(0)
        clusters = self.assign(h).softmax(-1).transpose(1, 2) @ h / h.shape[1]
        return self.out(torch.cat([pooled, self.slots(h).mean(1), clusters.flatten(1)], dim=1))


torch.manual_seed(0)
x = torch.randn(96, 7, 6)
y = x.sum((1, 2)).clamp(-1, 1).round().long() + 1
net = Bags(6)
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for _ in range(24):
    rows = torch.randint(0, 96, (16,))
    loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
