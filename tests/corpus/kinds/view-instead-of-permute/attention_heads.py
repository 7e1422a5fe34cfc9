# break: Attention.forward.q
# break: Attention.forward.mixed
# where: view(
import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        b, t, d = x.shape
        h = self.heads
        q = self.query(x).view(b, t, h, d // h).transpose(1, 2)
        k = self.key(x).view(b, t, h, d // h).transpose(1, 2)
        v = self.value(x).view(b, t, h, d // h).transpose(1, 2)
        weights = (q @ k.transpose(-2, -1) / math.sqrt(d // h)).softmax(dim=-1)
        mixed = (weights @ v).transpose(1, 2).contiguous().view(b, t, d)
        return self.out(mixed)


class Tagger(nn.Module):
    def __init__(self, words=30, tags=5, width=24):
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.places = nn.Parameter(0.1 * torch.randn(10, width))
        self.attention = Attention(width, heads=3)
        self.norm = nn.LayerNorm(width)
        self.tags = nn.Linear(width, tags)

    def forward(self, sentence):
        x = self.words(sentence) + self.places
        return self.tags(self.norm(x + self.attention(x)))


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
        self.criterion = nn.CrossEntropyLoss()

    def run(self, sentences, tags, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(sentences)).split(16):
                loss = self.step(sentences[rows], tags[rows])
        return loss

    def step(self, sentences, tags):
        scores = self.model(sentences)
        loss = self.criterion(scores.flatten(0, 1), tags.flatten())
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    torch.manual_seed(0)
    sentences = torch.randint(0, 30, (160, 10))
    tags = (sentences + sentences.roll(1, dims=1)) % 5
    print("loss", round(Trainer(Tagger()).run(sentences, tags, epochs=5), 3))


main()
