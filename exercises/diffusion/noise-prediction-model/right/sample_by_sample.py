# style: buffer of frequencies that is not saved, samples noised one by one, sequential time path
import torch
import torch.nn.functional as F
from torch import nn


def timestep_embedding(t, dim):
    if dim != dim // 2 * 2:
        raise ValueError(dim)
    columns = []
    for function in (torch.sin, torch.cos):
        for i in range(dim // 2):
            columns.append(function(t.double() / 10000 ** (2 * i / dim)))
    return torch.stack(columns, dim=-1).float()


class NoisePredictor(nn.Module):
    def __init__(self, channels, hidden, time_dim):
        super().__init__()
        self.dim = time_dim
        self.time_in = nn.Linear(time_dim, hidden)
        self.time_out = nn.Linear(hidden, hidden)
        self.conv_in = nn.Conv2d(channels, hidden, 3, 1, 1)
        self.conv_mid = nn.Conv2d(hidden, hidden, 3, 1, 1)
        self.conv_out = nn.Conv2d(hidden, channels, 3, 1, 1)
        self.act = nn.SiLU()

    def forward(self, x, t):
        if t.dim() != 1 or t.shape[0] != x.shape[0]:
            raise ValueError("t")
        e = nn.Sequential(self.time_in, self.act, self.time_out)(timestep_embedding(t, self.dim).to(x.dtype))
        h = torch.einsum("nchw,nc->nchw", torch.ones_like(h := self.act(self.conv_in(x))), e) + h
        return self.conv_out(self.act(self.conv_mid(h)) + h)


def noise_prediction_loss(model, x0, t, noise, alphas_bar):
    if noise.shape != x0.shape or t.shape != (x0.shape[0],):
        raise ValueError
    a = alphas_bar.to(x0.dtype)
    x_t = torch.stack([a[k] ** 0.5 * x + (1 - a[k]) ** 0.5 * e for x, k, e in zip(x0, t, noise)])
    return F.mse_loss(model(x_t, t), noise, reduction="mean")
