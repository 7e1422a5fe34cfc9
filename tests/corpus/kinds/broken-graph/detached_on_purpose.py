import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Carry(nn.Module):
    """Windows of a long series; the state goes on, its history does not. Two heads, one for later."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(1, 12, batch_first=True)
        self.now, self.later = nn.Linear(12, 1), nn.Linear(12, 1)

    def forward(self, window, state=None):
        out, state = self.rnn(window, state)
        return self.now(out), self.later(out), tuple(s.detach() for s in state)


series = torch.sin(torch.arange(0, 60, 0.25)).repeat(4, 1)[..., None]
model, state = Carry(), None
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for at in range(0, 220, 10):
    now, later, state = model(series[:, at : at + 10], state)
    loss = F.mse_loss(now, series[:, at + 1 : at + 11])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# Features of a net that is finished, a head that is not.
body = nn.Sequential(nn.Linear(3, 8), nn.Tanh())
head = nn.Linear(8, 2)
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
for _ in range(25):
    x = torch.randn(16, 3)
    loss = F.cross_entropy(head(body(x).detach()), (x[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# The generator's output in the discriminator's step.
G, D = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
both = torch.optim.Adam([{"params": G.parameters()}, {"params": D.parameters(), "lr": 2e-3}])
for step in range(30):
    fake = G(torch.randn(16, 2))
    verdict = D(fake.detach()) if step % 2 else D(fake)
    loss = F.softplus(verdict if step % 2 else -verdict).mean()
    both.zero_grad()
    loss.backward()
    both.step()
