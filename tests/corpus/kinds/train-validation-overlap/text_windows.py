import torch
from torch import nn

torch.manual_seed(3)
text = torch.randint(0, 30, (2000,))
first, second = text[:1600], text[1600 - 15 :]


def windows(tokens, length=16, stride=4):
    found = tokens.unfold(0, length, stride)
    return found[:, :-1], found[:, 1:]


class TinyLanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 16)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.head = nn.Linear(24, 30)

    def forward(self, tokens):
        return self.head(self.rnn(self.embed(tokens))[0])


model = TinyLanguageModel()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
inputs, following = windows(first)
val_inputs, val_following = windows(second)
for epoch in range(2):
    for rows in torch.randperm(len(inputs)).split(64):
        logits = model(inputs[rows])
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), following[rows].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        logits = model(val_inputs)
        print(epoch, "val loss", nn.functional.cross_entropy(logits.flatten(0, 1), val_following.flatten()).item())
