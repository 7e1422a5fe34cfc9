"""Small causal language model on a stream of bracketed sums; the data pipe cuts the windows."""
# where: F.cross_entropy(logits[:, :-1]
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(141)
CHARS = "0123456789+=;"


def corpus(n, seed):
    g = torch.Generator().manual_seed(seed)
    a, b = torch.randint(0, 50, (2, n), generator=g)
    text = "".join(f"{x}+{y}={x + y};" for x, y in zip(a.tolist(), b.tolist()))
    return torch.tensor([CHARS.index(c) for c in text])


class Windows(Dataset):
    def __init__(self, stream, size):
        self.stream, self.size = stream, size

    def __len__(self):
        return (len(self.stream) - 2) // self.size - 1

    def __getitem__(self, i):
        s = i * self.size
        return self.stream[s:s + self.size], self.stream[s + 1:s + self.size + 1]


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.o = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.ff = nn.Sequential(nn.Linear(d, 3 * d), nn.GELU(), nn.Linear(3 * d, d))
        self.heads = heads

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (u.view(b, t, self.heads, -1).transpose(1, 2) for u in self.qkv(self.n1(x)).chunk(3, -1))
        x = x + self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, d))
        return x + self.ff(self.n2(x))


class LM(nn.Module):
    def __init__(self, d=48, size=32):
        super().__init__()
        self.tok, self.pos = nn.Embedding(len(CHARS), d), nn.Embedding(size, d)
        self.blocks = nn.Sequential(*(Block(d, 4) for _ in range(2)))
        self.norm = nn.LayerNorm(d)
        nn.init.normal_(self.tok.weight, std=0.1)
        nn.init.normal_(self.pos.weight, std=0.1)

    def forward(self, ids, labels=None):
        h = self.tok(ids) + self.pos.weight[:ids.size(1)]
        logits = self.norm(self.blocks(h)) @ self.tok.weight.T
        if labels is None:
            return logits
        return F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())


train = DataLoader(Windows(corpus(600, 1), 32), 24, shuffle=True)
test = DataLoader(Windows(corpus(100, 2), 32), 24)
lm = LM()
opt = torch.optim.AdamW(lm.parameters(), lr=3e-3)
for epoch in range(2):
    lm.train()
    for x, y in train:
        loss = lm(x, labels=y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    lm.eval()
    with torch.no_grad():
        held = sum(lm(x, labels=y).item() * len(x) for x, y in test) / len(test.dataset)
    print(f"epoch {epoch} loss {loss.item():.3f} held-out {held:.3f}")
