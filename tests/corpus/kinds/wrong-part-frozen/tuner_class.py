# break: Tuner.__init__
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(30, 12)
        self.rnn = nn.GRU(12, 16, batch_first=True)

    def forward(self, tokens):
        return self.rnn(self.embed(tokens))[1][0]


class Tuner(nn.Module):
    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.encoder.requires_grad_(False)
        self.head = nn.Linear(16, classes)

    def forward(self, tokens):
        return self.head(self.encoder(tokens))

    def fit(self, batches, epochs=3):
        self.optimizer = torch.optim.SGD(self.parameters(), lr=0.2)
        for _ in range(epochs):
            for tokens, label in batches:
                loss = nn.functional.cross_entropy(self(tokens), label)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()


torch.manual_seed(1)
tokens = torch.randint(0, 30, (160, 6))
batches = list(zip(tokens.split(20), (tokens[:, -1] > 14).long().split(20)))
tuner = Tuner(Encoder(), 2)
tuner.fit(batches)
print([name for name, p in tuner.named_parameters() if p.requires_grad])
