import torch
from torch import nn


class EarlyStopping:
    """Says when to stop, and keeps the best state of the model.

    best: the best value so far as a float, None before the first improvement.
    """

    def __init__(self, patience: int, min_delta: float = 0.0, mode: str = "min"):
        raise NotImplementedError

    def step(self, value: float | torch.Tensor, model: nn.Module) -> bool:
        """Take note of one value; True when it is time to stop."""
        raise NotImplementedError

    def restore(self, model: nn.Module) -> None:
        """Load the kept state into the model."""
        raise NotImplementedError
