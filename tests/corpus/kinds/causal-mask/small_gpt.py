# break: CausalAttention.forward.scores
# where: model(
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
text = "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs on " * 12
letters = sorted(set(text))
codes = torch.tensor([letters.index(c) for c in text])
context, width = 16, 24


class CausalAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.register_buffer("causal", torch.tril(torch.ones(context, context)))

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(width)
        scores = scores.masked_fill(self.causal[: x.size(1), : x.size(1)] == 0, float("-inf"))
        return self.proj(F.softmax(scores, dim=-1) @ v)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = CausalAttention()
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(len(letters), width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(Block(), Block())
        self.head = nn.Linear(width, len(letters))

    def forward(self, idx, targets=None):
        x = self.tokens(idx) + self.positions(torch.arange(idx.size(1)))
        logits = self.head(self.blocks(x))
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step in range(60):
    starts = torch.randint(0, len(codes) - context - 1, (16,)).tolist()
    x = torch.stack([codes[s : s + context] for s in starts])
    y = torch.stack([codes[s + 1 : s + 1 + context] for s in starts])
    _, loss = model(x, y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
