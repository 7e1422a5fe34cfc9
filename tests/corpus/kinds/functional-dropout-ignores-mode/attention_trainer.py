# break: Attend.forward
# break: Reader.drop
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset


class Attend(nn.Module):
    def __init__(self, d, p):
        super().__init__()
        self.mix = nn.Linear(d, 3 * d)
        self.p = p

    def forward(self, x):
        q, k, v = self.mix(x).chunk(3, dim=-1)
        return nn.functional.scaled_dot_product_attention(q, k, v, dropout_p=self.p if self.training else 0.0)


class Reader(nn.Module):
    def __init__(self, d=16, classes=2):
        super().__init__()
        self.embed = nn.Embedding(20, d)
        self.attend = Attend(d, 0.2)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(d, classes)

    def forward(self, tokens):
        h = self.embed(tokens)
        h = h + self.drop(self.attend(h))
        return self.head(h.mean(1))


class Trainer:
    def __init__(self):
        tokens = torch.randint(0, 20, (320, 7))
        data = TensorDataset(tokens, (tokens.max(1).values > 17).long())
        train, valid = torch.utils.data.random_split(data, [256, 64])
        self.train_loader = DataLoader(train, batch_size=32, shuffle=True)
        self.valid_loader = DataLoader(valid, batch_size=64)
        self.model = Reader()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=5e-3)

    def epoch(self):
        self.model.train()
        for tokens, label in self.train_loader:
            loss = cross_entropy(self.model(tokens), label)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        return sum(cross_entropy(self.model(t), y, reduction="sum").item() for t, y in self.valid_loader) / 64


torch.manual_seed(0)
trainer = Trainer()
for _ in range(4):
    trainer.epoch()
    print(trainer.validate())
