"""Adapters in a frozen token mixer; activations are recomputed to save memory."""
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset


class Adapter(nn.Module):
    def __init__(self, d, r=8):
        super().__init__()
        self.a, self.b = nn.Linear(d, r), nn.Linear(r, d)
        nn.init.zeros_(self.b.weight)
        nn.init.zeros_(self.b.bias)

    def forward(self, h):
        return h + self.b(torch.relu(self.a(h)))


class Layer(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))
        self.adapter = None

    def forward(self, h):
        q = self.norm(h)
        h = h + self.attn(q, q, q, need_weights=False)[0]
        h = h + self.mlp(h)
        return h if self.adapter is None else self.adapter(h)


class Tower(nn.Module):
    save_memory = True
    remat = dict(use_reentrant=True)

    def __init__(self, vocab=30, d=32, n=3, length=10):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocab, d), nn.Parameter(torch.randn(length, d) * 0.1)
        self.layers = nn.ModuleList(Layer(d) for _ in range(n))
        self.head = nn.Linear(d, 2)

    def forward(self, ids):
        h = self.tok(ids) + self.pos
        for layer in self.layers:
            if self.save_memory and self.training:
                h = checkpoint(layer, h, **self.remat)
            else:
                h = layer(h)
        return self.head(h.mean(1))


def tune(tower: Tower):
    tower.requires_grad_(False)
    for layer in tower.layers:
        layer.adapter = Adapter(32)
    tower.head.requires_grad_(True)
    return [p for p in tower.parameters() if p.requires_grad]


def toy(n):
    ids = torch.randint(0, 30, (n, 10))
    return TensorDataset(ids, ((ids < 6).sum(1) > 1).long())


torch.manual_seed(11)
train, val = toy(480), toy(96)
tower = Tower()
opt = torch.optim.AdamW(tune(tower), lr=2e-3)
for epoch in range(2):
    tower.train()
    seen = 0.0
    for ids, y in DataLoader(train, 48, shuffle=True):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(tower(ids), y)
        loss.backward()
        opt.step()
        seen += loss.item() * len(y)
    tower.eval()
    with torch.inference_mode():
        ids, y = val.tensors
        acc = (tower(ids).argmax(-1) == y).float().mean()
    print(f"[{epoch}] loss={seen / len(train):.4f} val_acc={acc:.3f}")
