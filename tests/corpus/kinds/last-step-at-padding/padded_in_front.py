import torch
from torch import nn

torch.manual_seed(0)


class Order(nn.Module):
    """Padding stands in front, so that the last step is a word."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 8, padding_idx=0)
        self.rnn = nn.GRU(8, 12, batch_first=True)
        self.out = nn.Linear(12, 2)

    def forward(self, words):
        states, _ = self.rnn(self.words(words))
        return self.out(states[:, -1])


lengths = torch.randint(2, 9, (120,))
words = torch.randint(1, 20, (120, 8))
words[torch.arange(8) < (8 - lengths)[:, None]] = 0
labels = (words[:, -1] > 10).long()
model = Order()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    for rows in torch.randperm(120).split(20):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(words[rows]), labels[rows]).backward()
        optimizer.step()
