# break: Sentiment.forward.h
# where: model(
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

torch.manual_seed(0)
PAD, GOOD, BAD = 0, 1, 2


def make(n):
    reviews = []
    for _ in range(n):
        words = torch.randint(3, 40, (int(torch.randint(3, 13, (1,))),))
        label = int(torch.randint(0, 2, (1,)))
        words[torch.randint(len(words), (1,))] = BAD if label else GOOD
        reviews.append((words, label))
    return reviews


def collate(reviews):
    words = pad_sequence([w for w, _ in reviews], batch_first=True, padding_value=PAD)
    return words, torch.tensor([label for _, label in reviews])


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(40, 16, padding_idx=PAD)
        self.places = nn.Parameter(0.1 * torch.randn(12, 16))
        layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(16, 2)

    def forward(self, words):
        blank = words == PAD
        h = self.encoder(self.words(words) + self.places[: words.size(1)], src_key_padding_mask=blank)
        return self.head(h[:, 0])


loader = DataLoader(make(192), batch_size=32, shuffle=True, collate_fn=collate)
model = Sentiment()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(6):
    for words, labels in loader:
        loss = nn.functional.cross_entropy(model(words), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(f"loss {loss.item():.3f}")
