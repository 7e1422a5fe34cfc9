"""Windows of one length in which 0 is a letter, and texts whose filler is their end token."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Char(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(size, 8), nn.LSTM(8, 16, batch_first=True), nn.Linear(16, size)

    def forward(self, ids):
        return self.out(self.rnn(self.embed(ids))[0])


text = torch.randint(0, 6, (500,)).sort().values.view(50, 10).T.flatten()
letters, endings = Char(6), Char(9)
opt = torch.optim.Adam([*letters.parameters(), *endings.parameters()], lr=1e-2)
for step in range(24):
    starts = torch.randint(0, 480, (16, 1)) + torch.arange(12)
    window = text[starts]
    texts = torch.randint(0, 8, (16, 10))
    texts[torch.arange(10) >= torch.randint(2, 10, (16, 1))] = 8
    loss = F.cross_entropy(letters(window[:, :-1]).flatten(0, 1), window[:, 1:].flatten())
    loss = loss + F.cross_entropy(endings(texts[:, :-1]).flatten(0, 1), texts[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
