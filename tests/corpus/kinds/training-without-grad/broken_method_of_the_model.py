"""Pairwise ranking of items from implicit feedback."""
# where: self.user(u) * self.item(i)
import torch
from torch import nn
import torch.nn.functional as F


class Recommender(nn.Module):
    def __init__(self, users, items, d=16):
        super().__init__()
        self.user, self.item = nn.Embedding(users, d), nn.Embedding(items, d)
        self.bias = nn.Embedding(items, 1)
        for e in (self.user, self.item, self.bias):
            nn.init.normal_(e.weight, std=0.1)

    @torch.no_grad()
    def score(self, u, i):
        return (self.user(u) * self.item(i)).sum(-1) + self.bias(i).squeeze(-1)

    def size(self, u, *items):
        parts = [self.user(u)] + [self.item(i) for i in items]
        return sum(p.pow(2).sum(-1).mean() for p in parts)


def bpr(model, u, pos, neg, reg=1e-3):
    margin = model.score(u, pos) - model.score(u, neg)
    return -F.logsigmoid(margin).mean() + reg * model.size(u, pos, neg)


def clicks(users, items, n):
    p, q = torch.randn(users, 4), torch.randn(items, 4)
    u = torch.randint(0, users, (n,))
    cand = torch.randint(0, items, (n, 12))
    best = (p[u][:, None] * q[cand]).sum(-1).argmax(1)
    return u, cand.gather(1, best[:, None]).squeeze(1)


def auc(model, u, pos, items):
    model.eval()
    neg = torch.randint(0, items, pos.shape)
    return (model.score(u, pos) > model.score(u, neg)).float().mean().item()


def main(users=120, items=80):
    torch.manual_seed(0)
    u, i = clicks(users, items, 1500)
    u, uv, i, iv = u[:1250], u[1250:], i[:1250], i[1250:]
    model = Recommender(users, items)
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(3):
        model.train()
        total = 0.0
        for ix in torch.randperm(len(u)).split(125):
            neg = torch.randint(0, items, (len(ix),))
            loss = bpr(model, u[ix], i[ix], neg)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(ix)
        print(f"epoch {epoch} bpr {total / len(u):.4f} auc {auc(model, uv, iv, items):.3f}")


main()
