import torch
from torch import nn

torch.manual_seed(0)
MASK = 20


class GapFiller(nn.Module):
    """Sees both sides of a gap."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(21, 16)
        self.places = nn.Embedding(10, 16)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), 1)
        self.out = nn.Linear(16, 20)

    def forward(self, tokens):
        return self.out(self.encoder(self.embed(tokens) + self.places(torch.arange(10))))


sentences = torch.randint(0, 20, (96, 1)) + torch.arange(10)
sentences = sentences % 20
model = GapFiller()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(24):
    rows = sentences[torch.randint(96, (16,))]
    gaps = torch.rand(rows.shape) < 0.2
    labels = rows.masked_fill(~gaps, -100)
    loss = nn.functional.cross_entropy(model(rows.masked_fill(gaps, MASK)).transpose(1, 2), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
