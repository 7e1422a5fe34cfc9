"""Teacher and student: batch norm tells the modes apart, a diary tells how each was called."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(4, width, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.last = nn.Linear(width, 3)
        self.diary = []

    def forward(self, x):
        self.diary.append((self.training, torch.is_grad_enabled()))
        return self.last(torch.tanh(self.norm(self.first(x))))

    def modes(self):
        return [module.training for module in self.modules()]


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)
