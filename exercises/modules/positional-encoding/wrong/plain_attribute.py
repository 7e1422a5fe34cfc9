# style: keeps the table as a plain attribute
# verdict: runtime_error
# caught by: test_module_moves_as_a_whole
import torch
from torch import nn


def sinusoidal_table(length: int, d_model: int) -> torch.Tensor:
    if length < 0 or d_model < 1:
        raise ValueError(f"no table of {length} positions and {d_model} features")
    position = torch.arange(length).unsqueeze(1)
    even = torch.arange(0, d_model, 2)
    angles = position * 10000.0 ** (-even / d_model)
    table = torch.empty(length, d_model)
    table[:, ::2] = angles.sin()
    table[:, 1::2] = angles[:, : d_model // 2].cos()
    return table


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1, max_length: int = 512) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.table = sinusoidal_table(max_length, d_model)

    def forward(self, x: torch.Tensor, offset: int = 0) -> torch.Tensor:
        end = offset + x.shape[1]
        if offset < 0 or end > len(self.table):
            raise ValueError(f"positions {offset} to {end} of a table of {len(self.table)}")
        if x.shape[2] != self.table.shape[1]:
            raise ValueError(f"a width of {x.shape[2]}, not {self.table.shape[1]}")
        rows = self.table[offset:end].to(x.dtype)
        return self.dropout(x + rows)
