"""Truncated backpropagation through time over one long series: the state is carried on, its history is not."""
import torch
from torch import nn

torch.manual_seed(46)
length, streams, chunk = 240, 8, 12
noise = torch.randn(streams, length + 1, 1)
series = noise.cumsum(1) * 0.1
series = series - series.mean(1, keepdim=True)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 20, batch_first=True)
        self.out = nn.Linear(20, 1)

    def forward(self, x, state):
        h, state = self.lstm(x, state)
        return self.out(h), state


def detach(state):
    return None if state is None else tuple(s.detach() for s in state)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(3):
    state, total = None, 0.0
    for start in range(0, length, chunk):
        x = series[:, start:start + chunk]
        y = series[:, start + 1:start + chunk + 1]
        optimizer.zero_grad()
        out, state = model(x, detach(state))
        loss = ((out - y) ** 2).mean()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
    print(epoch, total / (length // chunk))
