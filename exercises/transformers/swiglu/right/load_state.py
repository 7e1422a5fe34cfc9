# style: nn.SiLU as a layer, from_packed through load_state_dict
import torch
from torch import nn


def hidden_width(dim, multiple_of=64):
    if dim <= 0 or multiple_of <= 0:
        raise ValueError
    return (8 * dim + 3 * multiple_of - 1) // (3 * multiple_of) * multiple_of


class SwiGLU(nn.Module):
    def __init__(self, dim, hidden=None):
        super().__init__()
        hidden = hidden_width(dim) if hidden is None else hidden
        self.gate_proj = nn.Linear(dim, hidden, bias=False)
        self.up_proj = nn.Linear(dim, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, dim, bias=False)
        self.act = nn.SiLU()

    def forward(self, x):
        return self.down_proj(self.up_proj(x).mul(self.act(self.gate_proj(x))))

    @classmethod
    def from_packed(cls, gate_up, down):
        rows, dim = gate_up.shape
        if rows % 2 or down.shape != (dim, rows // 2):
            raise ValueError("packed weights do not fit")
        gate, up = gate_up.unflatten(0, (2, -1))
        layer = cls(dim, rows // 2).to(down.device, down.dtype)
        layer.load_state_dict({"gate_proj.weight": gate, "up_proj.weight": up, "down_proj.weight": down})
        return layer
