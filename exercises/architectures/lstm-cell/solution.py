import torch
from torch import nn

State = tuple[torch.Tensor, torch.Tensor]


class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0) -> None:
        """weight_ih: (4 H, I); weight_hh: (4 H, H); bias_ih, bias_hh: (4 H,); gates in the order i, f, g, o."""
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        bound = hidden_size**-0.5
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size).uniform_(-bound, bound))  # (4 H, I)
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size).uniform_(-bound, bound))  # (4 H, H)
        self.bias_ih = nn.Parameter(torch.zeros(4 * hidden_size))  # (4 H,)
        self.bias_hh = nn.Parameter(torch.zeros(4 * hidden_size))  # (4 H,)
        with torch.no_grad():
            self.bias_ih[hidden_size : 2 * hidden_size] = forget_bias  # (H,)

    def forward(self, x: torch.Tensor, state: State | None = None) -> State:
        """x: (B, I); state: h and c, (B, H) each, or None for zeros. Returns the new h and c, (B, H) each."""
        if x.shape[1:] != (self.input_size,):
            raise ValueError(f"an input of shape {tuple(x.shape)} for a cell of input size {self.input_size}")
        if state is None:
            h = c = x.new_zeros(len(x), self.hidden_size)  # (B, H)
        else:
            h, c = state  # (B, H) each
        if h.shape != (len(x), self.hidden_size) or c.shape != h.shape:
            raise ValueError(f"states of shape {tuple(h.shape)} and {tuple(c.shape)} for {len(x)} samples")
        gates = x @ self.weight_ih.T + self.bias_ih + h @ self.weight_hh.T + self.bias_hh  # (B, 4 H)
        i, f, g, o = gates.chunk(4, dim=1)  # (B, H) each
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)  # (B, H)
        h = torch.sigmoid(o) * torch.tanh(c)  # (B, H)
        return h, c


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
    batch, steps, _ = x.shape
    if lengths is None:
        lengths = torch.full((batch,), steps, device=x.device)  # (B,)
    if lengths.shape != (batch,) or (lengths < 0).any() or (lengths > steps).any():
        raise ValueError(f"lengths have to be {batch} numbers from 0 to {steps}")
    if state is None:
        state = (x.new_zeros(batch, cell.hidden_size), x.new_zeros(batch, cell.hidden_size))  # (B, H) each
    h, c = state
    outputs = []
    for t in range(steps):
        alive = (t < lengths).unsqueeze(1)  # (B, 1)
        new_h, new_c = cell(torch.where(alive, x[:, t], 0.0), (h, c))  # (B, H) each
        h, c = torch.where(alive, new_h, h), torch.where(alive, new_c, c)  # (B, H) each
        outputs.append(torch.where(alive, new_h, 0.0))  # (B, H)
    return torch.stack(outputs, dim=1), (h, c)  # (B, T, H), (B, H) twice
