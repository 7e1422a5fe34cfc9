from __future__ import annotations

import math

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, in_shape: tuple[int, ...], hidden: int, latent: int) -> None:
        """Parts: fc1, norm, fc2."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (B, *in_shape). Returns (B, latent)."""
        raise NotImplementedError


class Decoder(nn.Module):
    def __init__(self, latent: int, condition: int, hidden: int, out_shape: tuple[int, ...]) -> None:
        """Parts: fc1, fc2. condition is the width of the condition, 0 for none."""
        super().__init__()
        raise NotImplementedError

    def forward(self, z: torch.Tensor, condition: torch.Tensor | None = None) -> torch.Tensor:
        """z: (B, latent); condition: (B, width), (width,) or None. Returns (B, *out_shape)."""
        raise NotImplementedError


class EncoderDecoder(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        """Parts: encoder, decoder."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, condition: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """x: what the encoder takes. Returns the result (B, *out_shape) and the code (B, latent)."""
        raise NotImplementedError

    def freeze_encoder(self) -> None:
        """Keep the encoder as it is, parameters and running statistics."""
        raise NotImplementedError

    def train(self, mode: bool = True) -> EncoderDecoder:
        """Training or evaluation mode; a frozen encoder stays in evaluation mode."""
        raise NotImplementedError
