"""Padding that only the input has: pooled features, a source and a target of one length, hidden states."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class States(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.rnn, self.norm = nn.Embedding(15, 8, padding_idx=0), nn.GRU(8, 12, batch_first=True), nn.LayerNorm(12)

    def forward(self, ids):
        return self.norm(self.rnn(self.embed(ids))[0])


class Translate(nn.Module):
    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(15, 8, padding_idx=0), nn.Embedding(15, 8, padding_idx=0)
        self.mix, self.out = nn.GRU(8, 8, batch_first=True), nn.Linear(8, 15)

    def forward(self, source, target):
        _, h = self.mix(self.source(source))
        return self.out(self.mix(self.target(target), h)[0])


def padded(n, width):
    ids = torch.randint(1, 15, (n, width))
    ids[torch.arange(width) >= torch.randint(2, width + 1, (n, 1))] = 0
    return ids


states, head, translate = States(), nn.Linear(12, 2), Translate()
opt = torch.optim.Adam([*states.parameters(), *head.parameters(), *translate.parameters()], lr=5e-3)
for step in range(24):
    ids, goal = padded(16, 9), padded(16, 10)
    h = states(ids)
    kind = head(h.mean(1))
    loss = F.cross_entropy(kind, (ids[:, 0] > 7).long())
    scores = translate(ids, goal[:, :-1])
    loss = loss + F.cross_entropy(scores.flatten(0, 1), goal[:, 1:].flatten(), ignore_index=0)
    opt.zero_grad()
    loss.backward()
    opt.step()
