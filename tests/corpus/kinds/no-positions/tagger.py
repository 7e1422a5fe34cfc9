# break: Tagger.embed.return
# where: self.tagger(
import math

import torch
from torch import nn


class Tagger(nn.Module):
    """Tags each word by the word before it."""

    def __init__(self, words, tags, width=16, longest=32):
        super().__init__()
        self.words = nn.Embedding(words, width)
        angles = torch.arange(longest)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width))
        self.register_buffer("sines", torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1), persistent=False)
        self.layer = nn.TransformerEncoderLayer(width, 2, 32, dropout=0.0, batch_first=True)
        self.out = nn.Linear(width, tags)

    def embed(self, words):
        return self.words(words) * 4 + self.sines[: words.size(1)]

    def forward(self, words):
        return self.out(self.layer(self.embed(words)))


class Loop:
    def __init__(self, tagger):
        self.tagger = tagger
        self.optimizer = torch.optim.Adam(tagger.parameters(), lr=3e-3)

    def __call__(self, words, tags, epochs=4):
        for _ in range(epochs):
            for rows in torch.randperm(len(words)).split(16):
                scores = self.tagger(words[rows])
                loss = nn.functional.cross_entropy(scores.reshape(-1, scores.size(2)), tags[rows].reshape(-1))
                loss.backward()
                self.optimizer.step()
                self.optimizer.zero_grad()
        return loss.item()


torch.manual_seed(1)
words = torch.randint(0, 8, (160, 12))
print(Loop(Tagger(8, 3))(words, words.roll(1, dims=1) % 3))
