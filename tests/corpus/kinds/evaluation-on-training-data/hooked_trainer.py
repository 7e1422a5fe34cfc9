# break: Trainer.validation_epoch.val_batches#1
# where: F.cross_entropy(self(x), y, reduction
import torch
import torch.nn.functional as F
from torch import nn


class Module(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Dropout(0.1), nn.Linear(16, 3))

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch):
        x, y = batch
        return F.cross_entropy(self(x), y)

    def validation_step(self, batch):
        x, y = batch
        return F.cross_entropy(self(x), y, reduction="none")

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=5e-3)


class Trainer:
    def __init__(self, module, train_batches, val_batches):
        self.module, self.train_batches, self.val_batches = module, train_batches, val_batches
        self.optimizer = module.configure_optimizers()
        self.history = []

    def training_epoch(self):
        self.module.train()
        for batch in self.train_batches:
            loss = self.module.training_step(batch)
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad()

    def validation_epoch(self):
        self.module.eval()
        with torch.inference_mode():
            losses = torch.cat([self.module.validation_step(batch) for batch in self.val_batches])
        self.history.append({"val_loss": round(losses.mean().item(), 4)})

    def fit(self, epochs):
        for _ in range(epochs):
            self.training_epoch()
            self.validation_epoch()
            print(self.history[-1])


def batches(count, generator):
    for _ in range(count):
        y = torch.randint(0, 3, (16,), generator=generator)
        yield torch.randn(16, 8, generator=generator) + y[:, None], y


numbers = torch.Generator().manual_seed(8)
torch.manual_seed(0)
Trainer(Module(), list(batches(10, numbers)), list(batches(4, numbers))).fit(4)
