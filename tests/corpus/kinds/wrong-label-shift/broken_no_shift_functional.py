"""A causal language model scored against its own inputs."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(9)
V, T, D = 11, 12, 24


class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.pos = nn.Embedding(V, D), nn.Embedding(T, D)
        layer = nn.TransformerEncoderLayer(D, 2, 48, dropout=0.0, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.out = nn.Linear(D, V)

    def forward(self, ids):
        t = ids.size(1)
        mask = nn.Transformer.generate_square_subsequent_mask(t)
        return self.out(self.body(self.emb(ids) + self.pos.weight[:t], mask=mask, is_causal=True))


model = Causal()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step in range(40):
    start = torch.randint(0, V, (24, 1))
    ids = (start + 3 * torch.arange(T)) % V
    logits = model(ids)
    loss = F.cross_entropy(logits.flatten(0, 1), ids.flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
