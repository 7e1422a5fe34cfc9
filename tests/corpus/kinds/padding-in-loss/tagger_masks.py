# break: Trainer.loss_of.mask
# where: F.cross_entropy(
import torch
import torch.nn.functional as F
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words, tags):
        super().__init__()
        self.embed = nn.Embedding(words, 10)
        self.encode = nn.TransformerEncoderLayer(10, 2, 20, dropout=0.0, batch_first=True)
        self.out = nn.Linear(10, tags)

    def forward(self, tokens, mask):
        h = self.encode(self.embed(tokens), src_key_padding_mask=~mask)
        return self.out(h)


class Trainer:
    def __init__(self):
        self.model = Tagger(20, 4)
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=5e-3)

    def loss_of(self, tokens, tags, mask):
        losses = F.cross_entropy(self.model(tokens, mask).transpose(1, 2), tags, reduction="none")
        return (losses * mask).sum() / mask.sum()

    def fit(self, batches):
        for tokens, tags in batches:
            loss = self.loss_of(tokens, tags, tokens != 0)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()


def batches(number):
    for _ in range(number):
        tokens = torch.randint(1, 20, (16, 8))
        lengths = torch.randint(2, 9, (16, 1))
        tokens[torch.arange(8) >= lengths] = 0
        yield tokens, tokens % 4


torch.manual_seed(0)
Trainer().fit(batches(30))
