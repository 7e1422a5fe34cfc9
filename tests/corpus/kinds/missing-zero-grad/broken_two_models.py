# where: self.opts["decoder"].step()
"""Encoder and decoder with an optimizer each; one of the two is never cleared."""
import torch
from torch import nn


class Pair:
    def __init__(self):
        self.encoder = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 6))
        self.opts = {
            "encoder": torch.optim.Adam(self.encoder.parameters(), lr=3e-3),
            "decoder": torch.optim.Adam(self.decoder.parameters(), lr=3e-3),
        }

    def fit_batch(self, x):
        loss = (self.decoder(self.encoder(x)) - x).square().mean()
        self.opts["encoder"].zero_grad()
        loss.backward()
        self.opts["encoder"].step()
        self.opts["decoder"].step()
        return loss.item()


torch.manual_seed(3)
data = torch.randn(160, 2) @ torch.randn(2, 6)
pair = Pair()
for epoch in range(6):
    print(epoch, sum(pair.fit_batch(data[rows]) for rows in torch.randperm(160).split(20)) / 8)
