import torch
from torch import nn

PAD = 0


class Tagger(nn.Module):
    def __init__(self, words, tags):
        super().__init__()
        self.embed = nn.Embedding(words, 12, padding_idx=PAD)
        self.lstm = nn.LSTM(12, 16, batch_first=True)
        self.out = nn.Linear(16, tags)

    def forward(self, words):
        return self.out(self.lstm(self.embed(words))[0])


torch.manual_seed(0)
words = torch.randint(1, 40, (64, 9))
tags = words % 5 + 1
for row, length in enumerate(torch.randint(4, 10, (64,)).tolist()):
    words[row, length:] = PAD
    tags[row, length:] = PAD
model = Tagger(40, 6)
criterion = nn.CrossEntropyLoss(ignore_index=PAD)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(5):
    for rows in torch.randperm(64).split(16):
        optimizer.zero_grad()
        loss = criterion(model(words[rows]).transpose(1, 2), tags[rows])
        loss.backward()
        optimizer.step()
    flat = criterion(model(words).reshape(-1, 6), tags.reshape(-1))
    print(epoch, loss.item(), flat.item())
