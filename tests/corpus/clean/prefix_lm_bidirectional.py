"""Prefix language model: full attention inside the prompt, causal attention over the answer, loss on the answer."""
import torch
import torch.nn as nn
import torch.nn.functional as F

V, PREFIX, ANSWER, D = 14, 5, 5, 32
SEP = 1
torch.manual_seed(10)


def batch(n):
    prompt = torch.randint(2, V, (n, PREFIX))
    answer = prompt.flip(1)
    return torch.cat([prompt, torch.full((n, 1), SEP), answer], dim=1)


def prefix_mask(total, prefix):
    allowed = torch.ones(total, total, dtype=torch.bool).tril()
    allowed[:, :prefix] = True
    return allowed


class PrefixLM(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(V, D)
        self.pos = nn.Parameter(0.02 * torch.randn(PREFIX + ANSWER + 1, D))
        self.q, self.k, self.v = (nn.Linear(D, D) for _ in range(3))
        self.o = nn.Linear(D, D)
        self.n1, self.n2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.mlp = nn.Sequential(nn.Linear(D, 2 * D), nn.GELU(), nn.Linear(2 * D, D))

    def forward(self, ids):
        b, t = ids.shape
        x = self.tok(ids) + self.pos[:t]
        h = self.n1(x)
        q, k, v = (f(h).view(b, t, 2, D // 2).transpose(1, 2) for f in (self.q, self.k, self.v))
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=prefix_mask(t, PREFIX + 1))
        x = x + self.o(a.transpose(1, 2).reshape(b, t, D))
        x = x + self.mlp(self.n2(x))
        return F.linear(x, self.tok.weight)


model = PrefixLM()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=5e-3, total_steps=80)
for step in range(80):
    ids = batch(32)
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits[:, PREFIX:].reshape(-1, V), ids[:, PREFIX + 1 :].reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    sched.step()

model.eval()
with torch.no_grad():
    ids = batch(100)
    given = ids[:, : PREFIX + 1]
    for _ in range(ANSWER):
        given = torch.cat([given, model(given)[:, -1:].argmax(-1)], dim=1)
print(f"loss {loss.item():.3f}, tokens right {(given[:, PREFIX + 1:] == ids[:, PREFIX + 1:]).float().mean().item():.2f}")
