# style: goes on computing through the padding and zeroes the outputs
# verdict: wrong_answer
# caught by: test_padding_changes_nothing
import torch
from torch import nn

State = tuple[torch.Tensor, torch.Tensor]


class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = 1.0) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        bound = hidden_size**-0.5
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size).uniform_(-bound, bound))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size).uniform_(-bound, bound))
        self.bias_ih = nn.Parameter(torch.zeros(4 * hidden_size))
        self.bias_hh = nn.Parameter(torch.zeros(4 * hidden_size))
        with torch.no_grad():
            self.bias_ih[hidden_size : 2 * hidden_size] = forget_bias

    def forward(self, x: torch.Tensor, state: State | None = None) -> State:
        if x.shape[1:] != (self.input_size,):
            raise ValueError(f"an input of shape {tuple(x.shape)} for a cell of input size {self.input_size}")
        if state is None:
            h = c = x.new_zeros(len(x), self.hidden_size)
        else:
            h, c = state
        if h.shape != (len(x), self.hidden_size) or c.shape != h.shape:
            raise ValueError(f"states of shape {tuple(h.shape)} and {tuple(c.shape)} for {len(x)} samples")
        gates = x @ self.weight_ih.T + self.bias_ih + h @ self.weight_hh.T + self.bias_hh
        i, f, g, o = gates.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, c


def run_lstm(
    cell: LSTMCell,
    x: torch.Tensor,
    lengths: torch.Tensor | None = None,
    state: State | None = None,
) -> tuple[torch.Tensor, State]:
    batch, steps, _ = x.shape
    if lengths is None:
        lengths = torch.full((batch,), steps, device=x.device)
    if lengths.shape != (batch,) or (lengths < 0).any() or (lengths > steps).any():
        raise ValueError(f"lengths have to be {batch} numbers from 0 to {steps}")
    if state is None:
        state = (x.new_zeros(batch, cell.hidden_size), x.new_zeros(batch, cell.hidden_size))
    h, c = state
    outputs = []
    for t in range(steps):
        alive = (t < lengths).unsqueeze(1)
        new_h, new_c = cell(torch.where(alive, x[:, t], 0.0), (h, c))
        h, c = new_h, new_c
        outputs.append(torch.where(alive, new_h, 0.0))
    return torch.stack(outputs, dim=1), (h, c)
