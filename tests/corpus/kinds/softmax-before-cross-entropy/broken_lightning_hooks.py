# where: self.criterion(probabilities, y)
"""A Lightning-like module: the shared step scores what predict() returns."""
from types import SimpleNamespace

import torch
from torch import nn


class Module(nn.Module):
    def __init__(self, **hparams):
        super().__init__()
        self.hparams = SimpleNamespace(**hparams)
        self.net = nn.Sequential(nn.Linear(self.hparams.n_in, 24), nn.ReLU(), nn.Linear(24, self.hparams.n_out))
        self.criterion = nn.CrossEntropyLoss()

    def forward(self, x):
        return torch.exp(torch.log_softmax(self.net(x), dim=-1))

    def shared_step(self, batch):
        x, y = batch
        probabilities = self(x)
        return self.criterion(probabilities, y), (probabilities.argmax(-1) == y).float().mean()

    def training_step(self, batch):
        return self.shared_step(batch)[0]

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :4].argmax(1)
module = Module(n_in=6, n_out=4, lr=5e-3)
optimizer = module.configure_optimizers()
for epoch in range(4):
    for rows in torch.randperm(240).split(24):
        optimizer.zero_grad()
        loss = module.training_step((x[rows], y[rows]))
        loss.backward()
        optimizer.step()
    print(epoch, round(loss.item(), 3))
