# style: multiplies code and condition with their own columns of fc1; the encoder itself refuses train mode
import math

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, in_shape, hidden, latent):
        super().__init__()
        self.in_shape = list(in_shape)
        self.fc1 = nn.Linear(math.prod(in_shape), hidden)
        self.norm = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, latent)

    def forward(self, x):
        if list(x.shape)[1:] != self.in_shape:
            raise ValueError(f"expected samples of {self.in_shape}")
        for layer in (nn.Flatten(), self.fc1, self.norm, torch.relu, self.fc2):
            x = layer(x)
        return x


class Decoder(nn.Module):
    def __init__(self, latent, condition, hidden, out_shape):
        super().__init__()
        self.latent, self.width, self.out_shape = latent, condition, out_shape
        self.fc1 = nn.Linear(latent + condition, hidden)
        self.fc2 = nn.Linear(hidden, math.prod(out_shape))

    def forward(self, z, condition=None):
        if z.ndim != 2 or z.shape[1] != self.latent:
            raise ValueError("wrong code")
        hidden = z @ self.fc1.weight[:, : self.latent].t() + self.fc1.bias
        if self.width:
            if condition is None:
                raise ValueError("a condition is needed")
            if condition.shape[-1:] != (self.width,) or condition.ndim > 2:
                raise ValueError("wrong condition")
            if condition.ndim == 2 and len(condition) != len(z):
                raise ValueError("wrong batch")
            hidden = hidden + condition @ self.fc1.weight[:, self.latent :].t()
        elif condition is not None:
            raise ValueError("no condition is expected")
        return self.fc2(hidden.clamp(min=0)).reshape(len(z), *self.out_shape)


class EncoderDecoder(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, x, condition=None):
        code = self.encoder(x)
        return self.decoder(code, condition), code

    def freeze_encoder(self):
        self.encoder.eval().requires_grad_(False)
        self._frozen = True

    def train(self, mode=True):
        result = super().train(mode)
        if getattr(self, "_frozen", False) and mode:
            for module in self.encoder.modules():
                module.training = False
        return result
