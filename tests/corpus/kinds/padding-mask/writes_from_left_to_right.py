import torch
from torch import nn

torch.manual_seed(0)
lengths = torch.randint(4, 12, (96,))
names = torch.randint(1, 15, (96, 12))
names[torch.arange(12) >= lengths[:, None]] = 0


class Speller(nn.Module):
    """What comes after a letter cannot reach it, padding included."""

    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(15, 16)
        self.places = nn.Embedding(12, 16)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.out = nn.Linear(16, 15)

    def forward(self, letters):
        n = letters.size(1)
        hidden = torch.triu(torch.full((n, n), float("-inf")), diagonal=1)
        return self.out(self.layer(self.letters(letters) + self.places(torch.arange(n)), src_mask=hidden))


model = Speller()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(30):
    rows = names[torch.randint(96, (16,))]
    scores = model(rows[:, :-1])
    loss = nn.functional.cross_entropy(scores.flatten(0, 1), rows[:, 1:].flatten(), ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
