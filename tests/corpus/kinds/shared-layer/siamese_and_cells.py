import torch
from torch import nn


class Twins(nn.Module):
    """Two views, one encoder, listed once for each view."""

    def __init__(self):
        super().__init__()
        encoder = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 4))
        self.encoders = nn.ModuleList([encoder, encoder])

    def forward(self, *views):
        return [encode(view) for encode, view in zip(self.encoders, views)]


class Heads(nn.Module):
    """The stages share their head; each head reads its own stage."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3, 8)
        head = nn.Linear(8, 1)
        self.heads = nn.ModuleList([head for _ in range(4)])

    def forward(self, series):
        state, answers = torch.zeros(len(series), 8), []
        for moment, head in zip(series.unbind(1), self.heads):
            state = self.cell(moment, state)
            answers.append(head(state))
        return torch.cat(answers, dim=1)


torch.manual_seed(0)
twins, heads = Twins(), Heads()
optimizer = torch.optim.Adam([*twins.parameters(), *heads.parameters()], lr=1e-2)
for _ in range(30):
    x = torch.randn(32, 6)
    a, b = twins(x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x))
    logits = nn.functional.normalize(a) @ nn.functional.normalize(b).T / 0.2
    series = torch.randn(32, 4, 3)
    errors = heads(series) - series.sum(2).cumsum(1)
    loss = nn.functional.cross_entropy(logits, torch.arange(32)) + errors.square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
