# style: one product of input and state side by side; steps run on the samples still alive
import math

import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size, forget_bias=1.0):
        super().__init__()
        self.H = hidden_size
        k = 1 / math.sqrt(hidden_size)
        self.weight_ih = nn.Parameter((torch.rand(4 * hidden_size, input_size) * 2 - 1) * k)
        self.weight_hh = nn.Parameter((torch.rand(4 * hidden_size, hidden_size) * 2 - 1) * k)
        bias = torch.zeros(4, hidden_size)
        bias[1] = forget_bias
        self.bias_ih = nn.Parameter(bias.flatten())
        self.bias_hh = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, x, state=None):
        B = x.shape[0]
        if x.shape[-1] != self.weight_ih.shape[1] or x.dim() != 2:
            raise ValueError("input")
        h, c = state if state is not None else (x.new_zeros(B, self.H), x.new_zeros(B, self.H))
        if tuple(h.shape) != (B, self.H) or tuple(c.shape) != (B, self.H):
            raise ValueError("state")
        weight = torch.cat([self.weight_ih, self.weight_hh], dim=1)
        gates = torch.addmm(self.bias_ih + self.bias_hh, torch.cat([x, h], dim=1), weight.t()).view(B, 4, self.H)
        i, f, o = gates[:, [0, 1, 3]].sigmoid().unbind(1)
        c = torch.addcmul(f * c, i, gates[:, 2].tanh())
        return o * c.tanh(), c


def run_lstm(cell, x, lengths=None, state=None):
    B, T = x.shape[:2]
    if lengths is None:
        lengths = torch.tensor([T] * B, device=x.device)
    if lengths.shape != torch.Size([B]) or (lengths < 0).any() or (lengths > T).any():
        raise ValueError("lengths")
    if state is None:
        state = (x.new_zeros(B, cell.H), x.new_zeros(B, cell.H))
    h, c = state
    outputs = []
    for t in range(T):
        rows = (lengths > t).nonzero().squeeze(1)
        new_h, new_c = cell(x[rows, t], (h[rows], c[rows]))
        h, c = h.index_copy(0, rows, new_h), c.index_copy(0, rows, new_c)
        outputs.append(torch.zeros_like(h).index_copy(0, rows, new_h))
    return torch.stack(outputs, 1), (h, c)
