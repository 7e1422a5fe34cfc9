# where: writer(
import torch
import torch.nn.functional as F
from torch import nn


class Writer(nn.Module):
    def __init__(self, letters=14, width=16):
        super().__init__()
        self.letters = nn.Embedding(letters, width)
        self.places = nn.Embedding(16, width)
        self.qkv = nn.Linear(width, 3 * width)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(width, letters)

    def forward(self, text):
        h = self.drop(self.letters(text) + self.places(torch.arange(text.size(1))))
        q, k, v = self.qkv(h).chunk(3, dim=-1)
        h = h + F.scaled_dot_product_attention(q, k, v, is_causal=not self.training)
        return self.out(h)


torch.manual_seed(0)
text = (torch.randint(14, (96, 1)) + 3 * torch.arange(13)) % 14
text = torch.where(torch.rand(text.shape) < 0.1, torch.randint_like(text, 14), text)
writer = Writer()
optimizer = torch.optim.Adam(writer.parameters(), lr=0.01)
for step in range(40):
    rows = text[torch.randint(len(text), (24,))]
    optimizer.zero_grad()
    scores = writer(rows[:, :-1])
    loss = F.cross_entropy(scores.transpose(1, 2), rows[:, 1:])
    loss.backward()
    optimizer.step()
print(loss.item())
