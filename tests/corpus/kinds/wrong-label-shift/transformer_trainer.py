# break: Trainer.step.batch
# break: Trainer.step.inputs
# where: self.criterion(
import torch
from torch import nn
from torch.utils.data import DataLoader


class Causal(nn.Module):
    def __init__(self, size, width, length):
        super().__init__()
        self.tokens = nn.Embedding(size, width)
        self.places = nn.Parameter(torch.zeros(length, width))
        layer = nn.TransformerEncoderLayer(width, 2, 2 * width, dropout=0.1, batch_first=True)
        self.blocks = nn.TransformerEncoder(layer, 1)
        self.head = nn.Linear(width, size)

    def forward(self, ids):
        t = ids.size(1)
        mask = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)
        return self.head(self.blocks(self.tokens(ids) + self.places[:t], mask=mask))


class Trainer:
    def __init__(self, model, size):
        self.model, self.size = model, size
        self.criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)

    def step(self, batch):
        inputs, targets = batch[:, :-1], batch[:, 1:]
        loss = self.criterion(self.model(inputs).reshape(-1, self.size), targets.reshape(-1))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
rows = torch.randint(0, 10, (200, 1)) + torch.randint(1, 4, (200, 1)) * torch.arange(12)
trainer = Trainer(Causal(10, 16, 12), 10)
for epoch in range(3):
    losses = [trainer.step(batch) for batch in DataLoader(rows % 10, batch_size=20, shuffle=True)]
    print(sum(losses) / len(losses))
