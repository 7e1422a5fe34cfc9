import torch
from torch import nn


class Autoencoder(nn.Module):
    """Two layers down to a code, two layers back."""

    def __init__(self, input_dim: int, hidden_dim: int, latent_dim: int) -> None:
        """enc1, enc2, dec1, dec2: Linear."""
        super().__init__()
        raise NotImplementedError

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, ...). Returns the codes, (n, latent_dim)."""
        raise NotImplementedError

    def decode(self, z: torch.Tensor) -> torch.Tensor:
        """z: (n, latent_dim). Returns (n, input_dim), between 0 and 1."""
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, ...). Returns the copy, in the shape of x."""
        raise NotImplementedError


def anomaly_scores(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """x: (n, ...). Returns the mean squared error of each sample, (n,)."""
    raise NotImplementedError
