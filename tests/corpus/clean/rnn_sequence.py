"""An LSTM that says whether a sequence of numbers sums to more than zero; packed sequences of unequal length."""
import random

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

random.seed(11)
torch.manual_seed(11)


class Sequences(Dataset):
    def __init__(self, count):
        self.items = []
        for _ in range(count):
            seq = torch.randn(random.randint(3, 10), 2)
            self.items.append((seq, int(seq.sum() > 0)))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(batch):
    sequences, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in sequences])
    return pad_sequence(sequences, batch_first=True), lengths, torch.tensor(labels)


class Tagger(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.lstm = nn.LSTM(2, hidden, num_layers=2, dropout=0.1, batch_first=True)
        self.head = nn.Linear(hidden, 2)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.head(h[-1])


train_loader = DataLoader(Sequences(256), batch_size=32, shuffle=True, collate_fn=collate)
valid_loader = DataLoader(Sequences(64), batch_size=64, collate_fn=collate)
model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

for epoch in range(3):
    model.train()
    for x, lengths, y in train_loader:
        logits = model(x, lengths)
        loss = nn.functional.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    hits = total = 0
    with torch.no_grad():
        for x, lengths, y in valid_loader:
            hits += (model(x, lengths).argmax(-1) == y).sum().item()
            total += len(y)
    print(f"{epoch}: {loss.item():.3f} {hits / total:.3f}")
