"""A language model with a second head for the token after the next one; it takes labels and returns its loss."""
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(6)
stream = (torch.arange(3000) * 7 + torch.randint(0, 2, (3000,))) % 11


class TwoAhead(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(11, 24)
        self.cell = nn.GRU(24, 32, batch_first=True)
        self.following, self.second = nn.Linear(32, 11), nn.Linear(32, 11)

    def forward(self, ids, labels):
        hidden, _ = self.cell(self.tokens(ids))
        one = F.cross_entropy(self.following(hidden)[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        two = F.cross_entropy(self.second(hidden)[:, :-2].flatten(0, 1), labels[:, 2:].flatten())
        return one + 0.3 * two


windows = stream.unfold(0, 16, 8)
model = TwoAhead()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for epoch in range(3):
    for rows in torch.randperm(len(windows)).split(32):
        ids = windows[rows]
        optimizer.zero_grad()
        loss = model(ids, labels=ids)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
