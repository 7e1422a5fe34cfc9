# style: a loop over the samples to shape them, repeat for the condition, train written as a flag
import torch
import torch.nn.functional as F
from torch import nn


def count(shape):
    n = 1
    for size in shape:
        n *= size
    return n


class Encoder(nn.Module):
    def __init__(self, in_shape, hidden, latent):
        super().__init__()
        self.shape = torch.Size(in_shape)
        self.fc1 = nn.Linear(count(in_shape), hidden)
        self.fc2 = nn.Linear(hidden, latent)
        self.norm = nn.BatchNorm1d(hidden)

    def forward(self, x):
        if x.dim() == 0 or x.shape[1:] != self.shape:
            raise ValueError("x")
        x = torch.reshape(x, (x.shape[0], -1))
        return self.fc2(F.relu(self.norm(self.fc1(x))))


class Decoder(nn.Module):
    def __init__(self, latent, condition, hidden, out_shape):
        super().__init__()
        self.sizes = latent, condition, list(out_shape)
        self.fc1, self.fc2 = nn.Linear(latent + condition, hidden), nn.Linear(hidden, count(out_shape))

    def forward(self, z, condition=None):
        latent, width, out_shape = self.sizes
        if z.dim() != 2 or z.size(1) != latent:
            raise ValueError("z")
        parts = [z]
        if width == 0 and condition is not None or width > 0 and condition is None:
            raise ValueError("condition or none?")
        if condition is not None:
            if condition.dim() == 1:
                condition = condition[None].repeat(len(z), 1)
            if list(condition.shape) != [len(z), width]:
                raise ValueError("condition")
            parts.append(condition)
        h = F.relu(self.fc1(torch.hstack(parts)))
        return torch.stack([row.view(out_shape) for row in self.fc2(h)])


class EncoderDecoder(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.add_module("encoder", encoder)
        self.add_module("decoder", decoder)
        self.encoder_mode = lambda mode: mode

    def forward(self, x, condition=None):
        z = self.encoder(x)
        return (self.decoder(z) if condition is None else self.decoder(z, condition)), z

    def freeze_encoder(self):
        for p in self.encoder.parameters():
            p.requires_grad = False
        self.encoder_mode = lambda mode: False
        self.train(self.training)

    def train(self, mode=True):
        self.training = mode
        self.decoder.train(mode)
        self.encoder.train(self.encoder_mode(mode))
        return self
