# also: causal-mask
# where: model(given)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
steps = torch.randint(1, 4, (128, 15)).cumsum(1)
scales = (torch.randint(0, 12, (128, 1)) + torch.cat([torch.zeros(128, 1).long(), steps], dim=1)) % 12


class Melody(nn.Module):
    def __init__(self, width=24, heads=3):
        super().__init__()
        self.heads = heads
        self.notes = nn.Embedding(12, width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 12))
        self.register_buffer("seen", torch.ones(16, 16, dtype=torch.bool).triu())

    def forward(self, notes):
        h = self.notes(notes)
        q, k, v = self.qkv(h).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        n = notes.size(1)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=self.seen[:n, :n])
        return self.out(h + mixed.transpose(1, 2).flatten(2))


model = Melody()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(len(scales)).split(16):
        given, wanted = scales[rows, :-1], scales[rows, 1:]
        loss = F.cross_entropy(model(given).flatten(0, 1), wanted.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(f"loss {loss.item():.3f}")
