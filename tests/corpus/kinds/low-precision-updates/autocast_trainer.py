# break: Trainer.model
# where: self.optimizer.step()
import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        self.embed = nn.Embedding(size, width)
        self.layer = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 1)

    def forward(self, ids):
        h = self.norm(torch.relu(self.layer(self.embed(ids))))
        return self.head(h.mean(1)).squeeze(-1)


class Trainer:
    def __init__(self, device):
        self.device = device
        self.model = Encoder(30, 24).to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=2e-4, momentum=0.9)

    def context(self):
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def step(self, ids, goal):
        with self.context():
            predicted = self.model(ids)
        loss = nn.functional.mse_loss(predicted.float(), goal)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()


torch.manual_seed(0)
ids = torch.randint(0, 30, (160, 6))
trainer = Trainer(torch.device("cpu"))
for epoch in range(2):
    for rows in torch.randperm(160).split(16):
        last = trainer.step(ids[rows], ids[rows].float().mean(1) / 15 - 1)
print(last)
