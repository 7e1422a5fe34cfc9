# style: sine and cosine stacked and flattened, buffer with a batch dimension
import torch
from torch import nn


def sinusoidal_table(length, d_model):
    if length < 0:
        raise ValueError("length")
    if d_model < 1:
        raise ValueError("d_model")
    half = (d_model + 1) // 2
    inverse = torch.tensor([10000 ** (-2 * i / d_model) for i in range(half)])
    angles = torch.outer(torch.arange(length, dtype=torch.float32), inverse)
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)[:, :d_model].contiguous()


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_length=512):
        super().__init__()
        self.drop = nn.Dropout(p=dropout)
        self.register_buffer("pe", sinusoidal_table(max_length, d_model).unsqueeze(0), persistent=False)

    def forward(self, x, offset=0):
        room, width = self.pe.shape[1:]
        if x.size(-1) != width:
            raise ValueError("width")
        if offset < 0 or offset + x.size(1) > room:
            raise ValueError("too long")
        pe = self.pe.narrow(1, offset, x.size(1)).type_as(x)
        return self.drop(torch.add(x, pe))
