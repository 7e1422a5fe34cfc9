# style: convs filled with append, ReLU after the pooling, amax over windows
import torch
from torch import nn


class VGGBlock(nn.Module):
    def __init__(self, in_channels, out_channels, num_convs):
        super().__init__()
        if not num_convs >= 1:
            raise ValueError("num_convs")
        self.channels = in_channels
        self.convs = nn.ModuleList()
        while len(self.convs) < num_convs:
            self.convs.append(nn.Conv2d(in_channels, out_channels, (3, 3), padding="same"))
            in_channels = out_channels

    def forward(self, x):
        if x.dim() != 4 or x.size(1) != self.channels:
            raise ValueError("shape")
        *first, last = self.convs
        for conv in first:
            x = torch.clamp_min(conv(x), 0)
        x = last(x)
        n, c, h, w = x.shape
        x = x[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2)
        return x.amax(dim=(3, 5)).clamp_min(0)
