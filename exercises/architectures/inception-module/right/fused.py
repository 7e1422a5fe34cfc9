# style: the three 1x1 convolutions on x as one, then split; one ReLU for all at the end
import torch
from torch import nn
from torch.nn.functional import conv2d, relu


class InceptionModule(nn.Module):
    def __init__(self, in_channels: int, c1: int, c2, c3, c4: int):
        super().__init__()
        one = lambda i, o: nn.Conv2d(i, o, 1)
        self.b1, self.b4 = one(in_channels, c1), one(in_channels, c4)
        self.b2_reduce, self.b3_reduce = one(in_channels, c2[0]), one(in_channels, c3[0])
        self.b2 = nn.Conv2d(c2[0], c2[1], 3, 1, 1)
        self.b3 = nn.Conv2d(c3[0], c3[1], 5, 1, 2)
        self.pool = nn.MaxPool2d(3, 1, 1)
        self.out_channels = sum((c1, c2[-1], c3[-1], c4))

    def forward(self, x):
        if tuple(x.shape[1:2]) + (x.ndim,) != (self.b1.in_channels, 4):
            raise ValueError("shape")
        heads = (self.b1, self.b2_reduce, self.b3_reduce)
        weight = torch.cat([layer.weight for layer in heads])
        bias = torch.cat([layer.bias for layer in heads])
        first, second, third = conv2d(x, weight, bias).split([layer.out_channels for layer in heads], dim=1)
        return relu(torch.cat((first, self.b2(relu(second)), self.b3(relu(third)), self.b4(self.pool(x))), 1))
