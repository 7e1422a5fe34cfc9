import torch
from torch import nn

torch.manual_seed(0)
QUESTION, LENGTH = 5, 12


class PrefixModel(nn.Module):
    """Reads the question in both directions and writes the answer from left to right."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(16, 16)
        self.places = nn.Parameter(torch.randn(LENGTH, 16) * 0.1)
        self.attend = nn.MultiheadAttention(16, 2, batch_first=True)
        self.out = nn.Sequential(nn.LayerNorm(16), nn.Linear(16, 16))
        hidden = torch.triu(torch.ones(LENGTH, LENGTH, dtype=torch.bool), 1)
        hidden[:QUESTION, :QUESTION] = False
        self.register_buffer("hidden", hidden)

    def forward(self, tokens):
        n = tokens.size(1)
        x = self.embed(tokens) + self.places[:n]
        seen, _ = self.attend(x, x, x, attn_mask=self.hidden[:n, :n], need_weights=False)
        return self.out(x + seen)


questions = torch.randint(0, 16, (80, QUESTION))
answers = (questions.sum(1, keepdim=True) + torch.arange(LENGTH - QUESTION)) % 16
pairs = torch.cat([questions, answers], dim=1)
model = PrefixModel()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(30):
    rows = pairs[torch.randint(80, (16,))]
    labels = rows.roll(-1, dims=1)
    labels[:, : QUESTION - 1] = -100
    labels[:, -1] = -100
    loss = nn.functional.cross_entropy(model(rows).flatten(0, 1), labels.flatten(), ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
