"""A sigmoid by hand over scores of true and of drawn pairs, which then become one tensor."""
import torch
from torch import nn
class LinkPredictor(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.emb = nn.Embedding(n, d)
        nn.init.normal_(self.emb.weight, std=0.5)
    def score(self, u, v):
        dot = (self.emb(u) * self.emb(v)).sum(-1)
        return 1 / (1 + torch.exp(-dot))
    def loss(self, pos, neg):
        s = torch.cat([self.score(*pos), self.score(*neg)])
        t = torch.cat([torch.ones(len(pos[0])), torch.zeros(len(neg[0]))])
        return nn.functional.binary_cross_entropy_with_logits(s, t)
torch.manual_seed(0)
m = LinkPredictor(40, 8)
opt = torch.optim.Adagrad(m.parameters(), lr=0.1)
for it in range(80):
    u = torch.randint(0, 40, (64,)); v = (u + 2 * torch.randint(0, 20, (64,))) % 40
    n = torch.randint(0, 40, (64,))
    opt.zero_grad()
    l = m.loss((u, v), (u, n))
    l.backward()
    opt.step()
    if it % 20 == 0: print(it, float(l))
