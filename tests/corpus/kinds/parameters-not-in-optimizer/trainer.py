# break: Trainer.__init__.optimizer
# where: self.optimizer = torch.optim.SGD(
import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words, tags):
        super().__init__()
        self.embed = nn.Embedding(words, 12)
        self.rnn = nn.GRU(12, 16, batch_first=True)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(16, tags)

    def forward(self, tokens):
        states, _ = self.rnn(self.embed(tokens))
        return self.out(self.drop(states))


class Trainer:
    def __init__(self, model, rate):
        self.model = model
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=rate, momentum=0.9)

    def fit(self, tokens, tags, epochs):
        self.model.train()
        for _ in range(epochs):
            for x, y in zip(tokens.split(16), tags.split(16)):
                scores = self.model(x)
                loss = nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
tokens = torch.randint(0, 20, (96, 7))
print(Trainer(Tagger(20, 3), 0.1).fit(tokens, tokens % 3, 6))
