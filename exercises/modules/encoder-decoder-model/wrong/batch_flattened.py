# style: reshapes to the right width, whatever the sizes are
# verdict: wrong_answer
# caught by: test_inputs_that_do_not_fit_are_refused
from __future__ import annotations

import math

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, in_shape: tuple[int, ...], hidden: int, latent: int) -> None:
        super().__init__()
        self.in_shape = in_shape
        self.fc1 = nn.Linear(math.prod(in_shape), hidden)
        self.norm = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, latent)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.norm(self.fc1(x.reshape(-1, self.fc1.in_features))).relu()
        return self.fc2(hidden)


class Decoder(nn.Module):
    def __init__(self, latent: int, condition: int, hidden: int, out_shape: tuple[int, ...]) -> None:
        super().__init__()
        self.latent = latent
        self.condition = condition
        self.out_shape = out_shape
        self.fc1 = nn.Linear(latent + condition, hidden)
        self.fc2 = nn.Linear(hidden, math.prod(out_shape))

    def forward(self, z: torch.Tensor, condition: torch.Tensor | None = None) -> torch.Tensor:
        if z.shape[1:] != (self.latent,):
            raise ValueError(f"a code of shape {tuple(z.shape)}, not (B, {self.latent})")
        if (condition is None) != (self.condition == 0):
            raise ValueError(f"the condition has a width of {self.condition}")
        if condition is not None:
            if condition.shape not in ((self.condition,), (len(z), self.condition)):
                raise ValueError(f"a condition of shape {tuple(condition.shape)} for {len(z)} samples")
            z = torch.cat([z, condition.expand(len(z), -1)], dim=1)
        hidden = self.fc1(z).relu()
        return self.fc2(hidden).unflatten(1, self.out_shape)


class EncoderDecoder(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.frozen = False

    def forward(self, x: torch.Tensor, condition: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        code = self.encoder(x)
        return self.decoder(code, condition), code

    def freeze_encoder(self) -> None:
        self.frozen = True
        self.encoder.requires_grad_(False)
        self.encoder.eval()

    def train(self, mode: bool = True) -> EncoderDecoder:
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self
