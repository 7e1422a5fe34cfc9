# style: gates with sigmoid instead of silu: the older GLU
# verdict: wrong_answer
# caught by: test_one_number_by_hand
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn


def hidden_width(dim: int, multiple_of: int = 64) -> int:
    if dim < 1 or multiple_of < 1:
        raise ValueError(f"dim {dim} and multiple_of {multiple_of} have to be at least 1")
    blocks = -(-8 * dim // (3 * multiple_of))
    return blocks * multiple_of


class SwiGLU(nn.Module):
    def __init__(self, dim: int, hidden: int | None = None) -> None:
        super().__init__()
        if hidden is None:
            hidden = hidden_width(dim)
        self.gate_proj = nn.Linear(dim, hidden, bias=False)
        self.up_proj = nn.Linear(dim, hidden, bias=False)
        self.down_proj = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gate = torch.sigmoid(self.gate_proj(x))
        return self.down_proj(gate * self.up_proj(x))

    @classmethod
    def from_packed(cls, gate_up: torch.Tensor, down: torch.Tensor) -> SwiGLU:
        dim, hidden = down.shape
        if gate_up.shape != (2 * hidden, dim):
            raise ValueError(
                f"gate_up is {tuple(gate_up.shape)}, but down {tuple(down.shape)} asks for {(2 * hidden, dim)}"
            )
        layer = cls(dim, hidden).to(device=down.device, dtype=down.dtype)
        gate, up = gate_up.chunk(2, dim=0)
        with torch.no_grad():
            layer.gate_proj.weight.copy_(gate)
            layer.up_proj.weight.copy_(up)
            layer.down_proj.weight.copy_(down)
        return layer
