# break: collate.labels
# where: return nn.functional.cross_entropy
import torch
from torch import nn
from torch.utils.data import DataLoader

END, FILL, SIZE = 1, 0, 9


def collate(rows):
    width = max(map(len, rows)) + 1
    tokens = torch.full((len(rows), width), FILL)
    for row, ids in zip(tokens, rows):
        row[: len(ids)] = torch.tensor(ids)
        row[len(ids)] = END
    labels = tokens.clone()
    labels[tokens == FILL] = -100
    return tokens, labels


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(SIZE, 16, padding_idx=FILL)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, SIZE)

    def forward(self, tokens):
        return self.head(self.rnn(self.wte(tokens))[0])


def lm_loss(logits, labels):
    return nn.functional.cross_entropy(logits[:, :-1].reshape(-1, SIZE), labels[:, 1:].reshape(-1))


torch.manual_seed(0)
texts = [[2 + (k + i) % 7 for i in range(3 + k % 6)] for k in range(120)]
lm = LM()
opt = torch.optim.Adam(lm.parameters(), lr=1e-2)
for epoch in range(3):
    for tokens, labels in DataLoader(texts, batch_size=12, shuffle=True, collate_fn=collate):
        opt.zero_grad()
        loss = lm_loss(lm(tokens), labels)
        loss.backward()
        opt.step()
print(loss.item())
