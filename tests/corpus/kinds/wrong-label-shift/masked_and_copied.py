"""Targets at the same position: a masked model, an autoencoder, tags; and heads for several tokens ahead."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
SIZE, MASK = 9, 9


class Both(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.embed, self.rnn = nn.Embedding(SIZE + 1, 8), nn.GRU(8, 10, batch_first=True, bidirectional=True)
        self.out = nn.Linear(20, classes)

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])


class Ahead(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn = nn.Embedding(SIZE, 8), nn.GRU(8, 16, batch_first=True)
        self.heads = nn.ModuleList(nn.Linear(16, SIZE) for _ in range(2))

    def forward(self, ids):
        h, _ = self.rnn(self.embed(ids))
        return [head(h) for head in self.heads]


class Forward(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(SIZE, 8), nn.GRU(8, 16, batch_first=True), nn.Linear(16, SIZE)

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])


masked, copy, ahead, tagger = Both(SIZE), Both(SIZE), Ahead(), Forward()
opt = torch.optim.Adam([p for m in (masked, copy, ahead, tagger) for p in m.parameters()], lr=1e-2)
for step in range(24):
    ids = (torch.randint(0, SIZE, (16, 1)) + torch.randint(1, 3, (16, 1)) * torch.arange(10)) % SIZE
    hidden = torch.rand(ids.shape) < 0.3
    labels = ids.masked_fill(~hidden, -100)
    loss = F.cross_entropy(masked(ids.masked_fill(hidden, MASK)).transpose(1, 2), labels)
    loss = loss + F.cross_entropy(copy(ids).transpose(1, 2), ids)
    one, two = ahead(ids)
    loss = loss + F.cross_entropy(one[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    loss = loss + F.cross_entropy(two[:, :-2].flatten(0, 1), ids[:, 2:].flatten())
    loss = loss + F.cross_entropy(tagger(ids).transpose(1, 2), ids.cumsum(1) % SIZE)
    opt.zero_grad()
    loss.backward()
    opt.step()
