import torch
from torch import nn

State = tuple[torch.Tensor, torch.Tensor]


class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0) -> None:
        """weight_ih: (4 H, I); weight_hh: (4 H, H); bias_ih, bias_hh: (4 H,); gates in the order i, f, g, o."""
        super().__init__()
        raise NotImplementedError

    def forward(self, x: torch.Tensor, state: State | None = None) -> State:
        """x: (B, I); state: h and c, (B, H) each, or None for zeros. Returns the new h and c, (B, H) each."""
        raise NotImplementedError


def run_lstm(
    cell: LSTMCell,
    x: torch.Tensor,
    lengths: torch.Tensor | None = None,
    state: State | None = None,
) -> tuple[torch.Tensor, State]:
    """The cell over padded sequences.

    x: (B, T, I); lengths: int64 (B,) or None; state: (B, H) twice or None.
    Returns outputs (B, T, H) and the state after each sample's last real step, (B, H) twice.
    """
    raise NotImplementedError
