# break: Head.forward.softmax
# where: dim=-2
import math

import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
        weights = self.drop(torch.softmax(scores, dim=-1))
        return self.out((weights @ v).transpose(1, 2).reshape(b, t, c))


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 16)
        self.attend = Head(16, 2)
        self.head = nn.Linear(16, 4)

    def forward(self, tokens):
        h = self.embed(tokens)
        return self.head((h + self.attend(h)).mean(1))


def run():
    torch.manual_seed(0)
    tokens = torch.randint(0, 10, (192, 6))
    labels = (tokens == 3).sum(1).clamp(max=3)
    net = Counter()
    opt = torch.optim.AdamW(net.parameters(), lr=5e-3)
    for _ in range(3):
        net.train()
        for rows in torch.randperm(160).split(16):
            loss = nn.functional.cross_entropy(net(tokens[rows]), labels[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
        net.eval()
        with torch.no_grad():
            print((net(tokens[160:]).argmax(1) == labels[160:]).float().mean())


run()
