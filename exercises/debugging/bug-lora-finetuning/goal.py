"""The squared error on new pears, in the units of the laboratory."""

import math

import torch
from torch import nn


class Adapted(nn.Module):
    def __init__(self, given, out, rank=4, alpha=16.0):
        super().__init__()
        self.down = nn.Parameter(torch.zeros(rank, given))
        self.up = nn.Parameter(torch.zeros(out, rank))
        self.layer = nn.Linear(given, out)
        self.scale = alpha / rank

    def forward(self, x):
        return self.layer(x) + self.scale * (x @ self.down.T) @ self.up.T


class Pears(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(Adapted(48, 64), nn.ReLU(), Adapted(64, 64), nn.ReLU(), Adapted(64, 64), nn.ReLU())
        self.head = nn.Linear(64, 2)

    def forward(self, spectra):
        return self.head(self.encoder(spectra))


def build():
    return Pears()


def measure(model, seed):
    contents = torch.rand(3000, 4)
    wave = torch.linspace(0, 1, 48)
    centres = torch.tensor([0.2, 0.4, 0.55, 0.8]) + 0.03
    peaks = torch.exp(-(((wave - centres[:, None]) / 0.12) ** 2))
    spectra = torch.exp(-2.0 * contents @ peaks)
    spectra = spectra + 0.1 * torch.randn(3000, 2) @ torch.stack([wave, torch.sin(2 * math.pi * wave)])
    spectra = spectra + 0.01 * torch.randn(3000, 48)
    return (model(4.0 * (spectra - 0.4)) - 10.0 * contents[:, :2]).square().mean()
