# break: Melody.forward.mask
# where: self.melody(
import torch
from torch import nn


class Melody(nn.Module):
    def __init__(self, notes, width):
        super().__init__()
        self.embed = nn.Embedding(notes, width)
        self.place = nn.Parameter(torch.zeros(64, width))
        layer = nn.TransformerEncoderLayer(width, 2, 2 * width, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 1)
        self.out = nn.Linear(width, notes)

    def forward(self, notes):
        length = notes.shape[1]
        mask = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
        x = self.embed(notes) + self.place[:length]
        return self.out(self.layers(x, mask=mask))


class Composer:
    def __init__(self):
        self.melody = Melody(12, 16)
        self.optimizer = torch.optim.Adam(self.melody.parameters(), lr=5e-3)

    def training_step(self, tunes):
        # Every note is to be told from the notes before it.
        logits = self.melody(tunes)[:, :-1]
        return nn.functional.cross_entropy(logits.transpose(1, 2), tunes[:, 1:])

    def fit(self, tunes, epochs):
        for epoch in range(epochs):
            self.melody.train()
            for batch in torch.split(tunes[torch.randperm(len(tunes))], 16):
                self.optimizer.zero_grad()
                loss = self.training_step(batch)
                loss.backward()
                self.optimizer.step()
        return loss.item()


torch.manual_seed(5)
walks = (torch.randint(0, 12, (96, 1)) + torch.randint(-1, 3, (96, 14)).cumsum(1)) % 12
print(round(Composer().fit(walks, 5), 3))
