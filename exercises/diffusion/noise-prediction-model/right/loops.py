# style: embedding by pow and outer, image plane expanded, loss by broadcasting from the back
import math

import torch
from torch import nn


def timestep_embedding(t, dim):
    if dim % 2 == 1:
        raise ValueError("odd")
    step = -math.log(10000) / (dim // 2)
    frequencies = torch.tensor([math.exp(step * i) for i in range(dim // 2)], dtype=torch.float64)
    angles = torch.outer(t.to(torch.float64), frequencies.to(t.device))
    return torch.hstack((torch.sin(angles), torch.cos(angles))).to(torch.float32)


class NoisePredictor(nn.Module):
    def __init__(self, channels, hidden, time_dim):
        super().__init__()
        for name, a, b in (("conv_in", channels, hidden), ("conv_mid", hidden, hidden), ("conv_out", hidden, channels)):
            setattr(self, name, nn.Conv2d(a, b, kernel_size=3, padding="same"))
        self.time_in, self.time_out = nn.Linear(time_dim, hidden), nn.Linear(hidden, hidden)

    def forward(self, x, t):
        n, _, height, width = x.shape
        if tuple(t.shape) != (n,):
            raise ValueError(t.shape)
        e = timestep_embedding(t, self.time_in.in_features).type_as(x)
        e = self.time_in(e)
        e = self.time_out(e * e.sigmoid())
        first = self.conv_in(x)
        h = torch.sigmoid(first) * first + e.view(*e.shape, 1, 1).expand(-1, -1, height, width)
        middle = self.conv_mid(h)
        return self.conv_out(h + middle * torch.sigmoid(middle))


def noise_prediction_loss(model, x0, t, noise, alphas_bar):
    if x0.shape != noise.shape or t.ndim != 1 or len(t) != len(x0):
        raise ValueError("shapes")
    signal = alphas_bar.sqrt()[t].to(x0)
    spread = (1 - alphas_bar).sqrt()[t].to(x0)
    x_t = (x0.movedim(0, -1) * signal + noise.movedim(0, -1) * spread).movedim(-1, 0)
    return ((noise - model(x_t, t)) ** 2).sum() / noise.numel()
