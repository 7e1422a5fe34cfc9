"""A model that is not the learner's."""

from torch import nn


class Doubler(nn.Module):
    """Logits of -2 x in evaluation mode, and of x in training mode."""

    def forward(self, x):
        return x if self.training else -2 * x
