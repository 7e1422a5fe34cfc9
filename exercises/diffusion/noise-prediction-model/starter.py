import torch
from torch import nn


def timestep_embedding(t: torch.Tensor, dim: int) -> torch.Tensor:
    """t: (n,) integer or float; returns float32 (n, dim), sines first, then cosines."""
    raise NotImplementedError


class NoisePredictor(nn.Module):
    """Layers: time_in, time_out (linear), conv_in, conv_mid, conv_out (3x3, padding 1)."""

    def __init__(self, channels: int, hidden: int, time_dim: int):
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        """x: (n, channels, h, w); t: (n,); returns (n, channels, h, w)."""
        raise NotImplementedError


def noise_prediction_loss(
    model, x0: torch.Tensor, t: torch.Tensor, noise: torch.Tensor, alphas_bar: torch.Tensor
) -> torch.Tensor:
    """x0 and noise: (n, ...); t: (n,) indices into alphas_bar (steps,); returns a scalar."""
    raise NotImplementedError
