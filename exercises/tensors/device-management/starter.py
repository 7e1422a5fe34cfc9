import torch
from torch import nn


def pick_device(wanted: str | torch.device | None = None) -> torch.device:
    """The best device there is, or the wanted one; ValueError if that is not available."""
    raise NotImplementedError


def move_to(batch, device: str | torch.device, non_blocking: bool = False):
    """The same structure with every tensor on `device`."""
    raise NotImplementedError


def fade(x: torch.Tensor, rate: float) -> torch.Tensor:
    """x: (..., T), multiplied by rate ** t along the last dimension. Returns (..., T)."""
    raise NotImplementedError


class Standardize(nn.Module):
    """(x - mean) / std for each channel: mean and std (C,), x (N, C, ...)."""

    def __init__(self, mean, std):
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError
