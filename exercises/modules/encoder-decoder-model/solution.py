from __future__ import annotations

import math

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, in_shape: tuple[int, ...], hidden: int, latent: int) -> None:
        """Parts: fc1, norm, fc2."""
        super().__init__()
        self.in_shape = in_shape
        self.fc1 = nn.Linear(math.prod(in_shape), hidden)
        self.norm = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, latent)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (B, *in_shape). Returns (B, latent)."""
        if x.shape[1:] != self.in_shape:
            raise ValueError(f"samples of shape {tuple(x.shape[1:])}, not {self.in_shape}")
        hidden = self.norm(self.fc1(x.flatten(1))).relu()  # (B, hidden)
        return self.fc2(hidden)  # (B, latent)


class Decoder(nn.Module):
    def __init__(self, latent: int, condition: int, hidden: int, out_shape: tuple[int, ...]) -> None:
        """Parts: fc1, fc2. condition is the width of the condition, 0 for none."""
        super().__init__()
        self.latent = latent
        self.condition = condition
        self.out_shape = out_shape
        self.fc1 = nn.Linear(latent + condition, hidden)
        self.fc2 = nn.Linear(hidden, math.prod(out_shape))

    def forward(self, z: torch.Tensor, condition: torch.Tensor | None = None) -> torch.Tensor:
        """z: (B, latent); condition: (B, width), (width,) or None. Returns (B, *out_shape)."""
        if z.shape[1:] != (self.latent,):
            raise ValueError(f"a code of shape {tuple(z.shape)}, not (B, {self.latent})")
        if (condition is None) != (self.condition == 0):
            raise ValueError(f"the condition has a width of {self.condition}")
        if condition is not None:
            if condition.shape not in ((self.condition,), (len(z), self.condition)):
                raise ValueError(f"a condition of shape {tuple(condition.shape)} for {len(z)} samples")
            z = torch.cat([z, condition.expand(len(z), -1)], dim=1)  # (B, latent + width)
        hidden = self.fc1(z).relu()  # (B, hidden)
        return self.fc2(hidden).unflatten(1, self.out_shape)  # (B, *out_shape)


class EncoderDecoder(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        """Parts: encoder, decoder."""
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.frozen = False

    def forward(self, x: torch.Tensor, condition: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """x: what the encoder takes. Returns the result (B, *out_shape) and the code (B, latent)."""
        code = self.encoder(x)  # (B, latent)
        return self.decoder(code, condition), code  # (B, *out_shape), (B, latent)

    def freeze_encoder(self) -> None:
        """Keep the encoder as it is, parameters and running statistics."""
        self.frozen = True
        self.encoder.requires_grad_(False)
        self.encoder.eval()

    def train(self, mode: bool = True) -> EncoderDecoder:
        """Training or evaluation mode; a frozen encoder stays in evaluation mode."""
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self
