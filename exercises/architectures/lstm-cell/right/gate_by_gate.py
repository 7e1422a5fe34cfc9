# style: F.linear per gate, sequences one sample at a time
import torch
import torch.nn.functional as F
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, forget_bias=1.0):
        super().__init__()
        self.sizes = input_size, hidden_size
        for name, width in (("ih", input_size), ("hh", hidden_size)):
            weight = nn.Parameter(torch.empty(4 * hidden_size, width))
            nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)
            self.register_parameter(f"weight_{name}", weight)
            self.register_parameter(f"bias_{name}", nn.Parameter(torch.zeros(4 * hidden_size)))
        nn.init.constant_(self.bias_ih[hidden_size : 2 * hidden_size], forget_bias)

    def forward(self, x, state=None):
        inputs, hidden = self.sizes
        if x.ndim != 2 or x.size(1) != inputs:
            raise ValueError("x")
        if state is None:
            state = [torch.zeros(x.size(0), hidden, dtype=x.dtype, device=x.device) for _ in range(2)]
        h, c = state
        for s in (h, c):
            if list(s.shape) != [x.size(0), hidden]:
                raise ValueError("state")

        def gate(k):
            rows = slice(k * hidden, (k + 1) * hidden)
            return F.linear(x, self.weight_ih[rows], self.bias_ih[rows]) + F.linear(
                h, self.weight_hh[rows], self.bias_hh[rows]
            )

        c = gate(1).sigmoid() * c + gate(0).sigmoid() * gate(2).tanh()
        return gate(3).sigmoid() * c.tanh(), c


def run_lstm(cell, x, lengths=None, state=None):
    b, steps, _ = x.shape
    hidden = cell.sizes[1]
    counts = [steps] * b if lengths is None else lengths.tolist()
    if lengths is not None and (lengths.dim() != 1 or len(counts) != b):
        raise ValueError("one length per sample")
    if any(n < 0 or n > steps for n in counts):
        raise ValueError("lengths")
    outs, hs, cs = [], [], []
    for k in range(b):
        one = None if state is None else (state[0][k : k + 1], state[1][k : k + 1])
        zero = torch.zeros(1, hidden, dtype=x.dtype, device=x.device)
        h, c = (zero, zero) if one is None else one
        row = []
        for t in range(counts[k]):
            h, c = cell(x[k : k + 1, t], (h, c))
            row.append(h)
        row += [zero] * (steps - counts[k])
        outs.append(torch.cat(row))
        hs.append(h)
        cs.append(c)
    return torch.stack(outs), (torch.cat(hs), torch.cat(cs))
