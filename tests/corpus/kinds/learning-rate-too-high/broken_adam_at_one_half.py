"""Digits turned round by an encoder and a decoder."""
# where: opt.step()
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

BOS, V, L = 10, 11, 6


@dataclass
class Hparams:
    dim: int = 48
    lr: float = 0.5
    batch: int = 64
    epochs: int = 5
    pairs: int = 640


class Reverser(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.emb = nn.Embedding(V, dim)
        self.enc = nn.GRU(dim, dim, batch_first=True)
        self.dec = nn.GRU(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, V)

    def forward(self, src, tgt_in):
        _, h = self.enc(self.emb(src))
        o, _ = self.dec(self.emb(tgt_in), h)
        return self.out(o)


def pairs(n):
    src = torch.randint(0, 10, (n, L))
    tgt = src.flip(1)
    tgt_in = torch.cat([torch.full((n, 1), BOS), tgt[:, :-1]], 1)
    return src, tgt_in, tgt


def main(hp=Hparams()):
    torch.manual_seed(42)
    src, tin, tgt = pairs(hp.pairs)
    vs, vi, vt = pairs(300)
    model = Reverser(hp.dim)
    opt = torch.optim.Adam(model.parameters(), lr=hp.lr)
    for epoch in range(hp.epochs):
        model.train()
        total = 0.0
        chunks = torch.randperm(hp.pairs).split(hp.batch)
        for rows in chunks:
            logits = model(src[rows], tin[rows])
            loss = F.cross_entropy(logits.flatten(0, 1), tgt[rows].flatten())
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item()
        model.eval()
        with torch.no_grad():
            out = model(vs, vi)
            v = F.cross_entropy(out.flatten(0, 1), vt.flatten()).item()
            acc = (out.argmax(-1) == vt).float().mean().item()
        print(f"epoch {epoch} train {total / len(chunks):.3f} val {v:.3f} token acc {acc:.3f}")


if __name__ == "__main__":
    main()
