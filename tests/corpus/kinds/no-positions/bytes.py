# break: Bytes.forward.h
# where: model(given)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
poem = b"row row row your boat gently down the stream merrily merrily merrily merrily life is but a dream " * 6
data = torch.tensor(list(poem)) - 32


class Bytes(nn.Module):
    def __init__(self, width=24, context=16):
        super().__init__()
        self.letters = nn.Embedding(96, width)
        self.positions = nn.Embedding(context, width)
        self.norm = nn.LayerNorm(width)
        self.attend = nn.MultiheadAttention(width, 3, batch_first=True)
        self.out = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 96))

    def forward(self, letters):
        n = letters.size(1)
        h = self.letters(letters) + self.positions(torch.arange(n))
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        x = self.norm(h)
        mixed, _ = self.attend(x, x, x, attn_mask=later, need_weights=False)
        return self.out(h + mixed)


model = Bytes()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(80):
    starts = torch.randint(len(data) - 17, (16, 1))
    chunk = data[starts + torch.arange(17)]
    given, wanted = chunk[:, :-1], chunk[:, 1:]
    loss = F.cross_entropy(model(given).transpose(1, 2), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.3f}")
