"""A training run that depends on everything a checkpoint has to hold, and a folder to save in."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn


class Folder:
    """A temporary folder."""

    def __init__(self):
        self.place = tempfile.mkdtemp()

    def file(self, name="last.pt", as_path=False):
        path = os.path.join(self.place, name)
        return Path(path) if as_path else path

    def names(self):
        return sorted(os.listdir(self.place))

    def safe(self):
        """Can the file be read by a load that runs no code?"""
        torch.load(self.file(), weights_only=True)
        return True

    def contents(self):
        return Path(self.file()).read_bytes()

    def write_evil(self):
        torch.save({"model": Evil(self.file("touched"))}, self.file())

    def remove(self):
        shutil.rmtree(self.place)


class Evil:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (open, (self.target, "w"))


class Run:
    """Dropout draws random numbers, batch norm keeps buffers, Adam keeps momenta, the schedule counts."""

    def __init__(self, weights, x, y, scheduled=True):
        self.model = nn.Sequential(
            nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6), nn.Dropout(0.4), nn.Linear(6, 3)
        )
        with torch.no_grad():
            for parameter, weight in zip(self.model.parameters(), weights, strict=True):
                parameter.copy_(weight)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.05)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(self.optimizer, 4) if scheduled else None
        self.x, self.y = x, y

    def train(self, epochs):
        self.model.train()
        for _ in range(epochs):
            for _ in range(2):
                self.optimizer.zero_grad()
                F.cross_entropy(self.model(self.x), self.y).backward()
                self.optimizer.step()
            if self.scheduler is not None:
                self.scheduler.step()

    def spoil(self):
        """Put something into the optimizer's state that cannot be saved."""
        self.optimizer.param_groups[0]["note"] = lambda: None

    def state(self):
        return {name: tensor.clone() for name, tensor in self.model.state_dict().items()}

    def seed(self, number):
        torch.manual_seed(number)

    def draw(self):
        return torch.rand(3)


def numbers(kind):
    return {
        "float": 0.25,
        "tensor": torch.tensor([0.25], requires_grad=True),
        "numpy float64": numpy.float64(0.25),
        "numpy float32": numpy.float32(0.25),
    }[kind]


def save_with(save, path, run, kind):
    save(path, run.model, run.optimizer, 0, numbers(kind))


def save_as_on_gpu(save, path, run):
    """Save, with the note in the file that every tensor lay on the fourth GPU."""
    real = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: "cuda:3"
    try:
        save(path, run.model, run.optimizer, 0, 0.5)
    finally:
        torch.serialization.location_tag = real
