# style: convolution by unfold and a matrix product, pooling by reshape and amax
import torch
from torch import nn
from torch.nn import functional as F


def conv(x, layer):
    n, _, h, w = x.shape
    columns = F.unfold(x, 3, padding=1)
    return (layer.weight.flatten(1) @ columns + layer.bias[:, None]).reshape(n, layer.out_channels, h, w)


def pool(x):
    h, w = x.shape[-2] // 2, x.shape[-1] // 2
    return x[..., : 2 * h, : 2 * w].unflatten(-1, (w, 2)).unflatten(-3, (h, 2)).amax(dim=(-3, -1))


class SimpleCNN(nn.Module):
    def __init__(self, in_channels: int, num_classes: int, width: int = 16):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, width, 3)
        self.conv2 = nn.Conv2d(width, 2 * width, 3)
        self.fc = nn.Linear(2 * width, num_classes)

    def forward(self, x):
        if len(x.shape) != 4 or x.size(1) != self.conv1.in_channels or x.size(2) < 4 or x.size(3) < 4:
            raise ValueError(f"{x.shape}")
        if x.size(0) == 0:
            return x.new_zeros(0, self.fc.out_features)
        x = pool(conv(x, self.conv1).clamp(min=0))
        x = pool(conv(x, self.conv2).clamp(min=0))
        return self.fc(torch.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3]))
