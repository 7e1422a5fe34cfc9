"""Parameters with given gradients, and a look at where the gradients live."""

import torch
from torch import nn


class Holder(nn.Module):
    """Parameters p0, p1, ... whose gradients are given; None leaves a parameter without."""

    def __init__(self, gradients):
        super().__init__()
        for index, gradient in enumerate(gradients):
            parameter = nn.Parameter(torch.zeros(2) if gradient is None else torch.zeros_like(gradient))
            parameter.grad = None if gradient is None else gradient.clone()
            self.register_parameter(f"p{index}", parameter)
        self.aliases = [p.grad for p in self.parameters()]

    def seen_through_alias(self):
        """The gradients as somebody sees them who took hold of the tensors before."""
        return [None if alias is None else alias.clone() for alias in self.aliases]

    def as_generator(self):
        return (p for p in self.parameters())


def fill_gradients(model, value):
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, value)


def lopsided(prediction, target):
    """Squares, counted three times where the prediction is too high: no loss in which the two could be swapped."""
    error = prediction - target
    return (torch.where(error > 0, 3.0, 1.0) * error**2).mean()
