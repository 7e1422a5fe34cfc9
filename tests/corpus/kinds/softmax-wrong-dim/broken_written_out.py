"""Pointer for long-range copy: a query attends to a memory, written with einsum."""
# where: net(ks, vs, qs).flatten
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def softmax(scores, mask=None, axis=1):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    e = torch.exp(scores - scores.amax(axis, keepdim=True))
    return e / e.sum(axis, keepdim=True)


class MemoryRead(nn.Module):
    def __init__(self, keys, dim, slots):
        super().__init__()
        self.key, self.query = nn.Embedding(keys, dim), nn.Embedding(keys, dim)
        self.value = nn.Embedding(10, dim)
        self.where = nn.Parameter(torch.randn(slots, dim) * 0.1)
        self.out = nn.Sequential(nn.Linear(dim, 64), nn.ReLU(), nn.Linear(64, 10))
        self.scale = dim ** -0.5

    def forward(self, ks, vs, qs):
        k = self.key(ks) + self.where
        q = self.query(qs)
        scores = torch.einsum("bqd,bkd->bqk", q, k) * self.scale
        read = torch.einsum("bqk,bkd->bqd", softmax(scores), self.value(vs))
        return self.out(read)


def tables(n, keys=12, slots=6, asked=4):
    ks = torch.rand(n, keys).argsort(1)[:, :slots]
    vs = torch.randint(0, 10, (n, slots))
    at = torch.rand(n, slots).argsort(1)[:, :asked]
    return TensorDataset(ks, vs, ks.gather(1, at), vs.gather(1, at))


def main():
    torch.manual_seed(81)
    train, test = tables(900), tables(100)
    net = MemoryRead(12, 32, 6)
    opt = torch.optim.Adam(net.parameters(), lr=5e-3)
    for epoch in range(2):
        net.train()
        for ks, vs, qs, ans in DataLoader(train, 60, shuffle=True):
            loss = nn.functional.cross_entropy(net(ks, vs, qs).flatten(0, 1), ans.flatten())
            opt.zero_grad()
            loss.backward()
            opt.step()
        net.eval()
        with torch.no_grad():
            ks, vs, qs, ans = test.tensors
            acc = (net(ks, vs, qs).argmax(-1) == ans).float().mean().item()
        print(f"epoch {epoch} loss {loss.item():.3f} acc {acc:.3f}")


main()
