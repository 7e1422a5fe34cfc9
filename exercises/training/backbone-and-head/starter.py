import torch
from torch import nn


class BackboneAndHead(nn.Module):
    """A linear head on the features of a backbone that can be frozen.

    backbone: gives (n, features) or (n, features, ...).
    """

    def __init__(self, backbone: nn.Module, features: int, classes: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: what the backbone takes, batch first -> logits (n, classes)."""
        raise NotImplementedError

    def freeze(self) -> None:
        """From now on, training changes nothing in the backbone."""
        raise NotImplementedError

    def unfreeze(self) -> None:
        """Train the backbone again."""
        raise NotImplementedError

    def train(self, mode: bool = True) -> "BackboneAndHead":
        """Set the mode of all modules but a frozen backbone."""
        raise NotImplementedError

    def parameter_groups(self, head_lr: float, backbone_lr: float) -> list[dict]:
        """Groups for an optimizer: the head's, then the backbone's unless it is frozen."""
        raise NotImplementedError
