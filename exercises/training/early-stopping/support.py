"""A small model whose state can be set to one number."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.norm = nn.BatchNorm1d(3)
        self.fill(0)

    def fill(self, number):
        """Every parameter and buffer gets this value, in place."""
        with torch.no_grad():
            for tensor in self.state_dict().values():
                tensor.fill_(number)

    def numbers(self):
        return sorted({float(number) for tensor in self.state_dict().values() for number in tensor.reshape(-1)})

    def drift(self):
        """What training does to the weights, as an optimizer does it."""
        with torch.no_grad():
            for tensor in self.state_dict().values():
                tensor.add_(100)
