"""A small encoder that applies the same layer several times, for sentence pairs; masked with key padding."""
import torch
import torch.nn as nn


class SharedEncoder(nn.Module):
    """Parameters shared across layers, as in ALBERT."""

    def __init__(self, vocab, dim, heads, depth):
        super().__init__()
        self.tokens = nn.Embedding(vocab, dim, padding_idx=0)
        self.positions = nn.Embedding(16, dim)
        layer = nn.TransformerEncoderLayer(dim, heads, dim * 2, dropout=0.0, batch_first=True)
        self.layers = nn.ModuleList([layer] * depth)
        self.head = nn.Linear(dim, 2)

    def forward(self, ids):
        pad = ids == 0
        h = self.tokens(ids) + self.positions(torch.arange(ids.size(1)))
        for layer in self.layers:
            h = layer(h, src_key_padding_mask=pad)
        keep = (~pad).unsqueeze(-1).float()
        return self.head((h * keep).sum(1) / keep.sum(1))


def make_batch(size):
    ids = torch.randint(2, 12, (size, 9))
    ids[:, 4] = 1
    same = torch.rand(size) < 0.5
    ids[same, 5:9] = ids[same, 0:4]
    lengths = torch.randint(7, 10, (size,))
    ids[torch.arange(9)[None] >= lengths[:, None]] = 0
    return ids, same.long()


torch.manual_seed(21)
model = SharedEncoder(12, 16, 2, depth=3)
print("parameters:", sum(p.numel() for p in model.parameters()))
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
warmup = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 10))
for step in range(40):
    ids, labels = make_batch(32)
    loss = nn.functional.cross_entropy(model(ids), labels)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    warmup.step()

model.eval()
with torch.no_grad():
    ids, labels = make_batch(200)
    print(f"accuracy {(model(ids).argmax(-1) == labels).float().mean().item():.2f}")
