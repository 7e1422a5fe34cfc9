import torch
from torch import nn

torch.manual_seed(0)


class Sensors(nn.Module):
    """An input projection feeds queries, keys, values and the shortcut; low-rank updates run beside a layer."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(5, 16)
        self.qkv = nn.Linear(16, 48)
        self.leave = nn.Linear(16, 16)
        self.down = nn.Linear(16, 2, bias=False)
        self.up = nn.Linear(2, 16, bias=False)
        self.mean, self.spread = nn.Linear(16, 4), nn.Linear(16, 4)
        self.decode = nn.Linear(4, 3)

    def forward(self, x):
        h = self.enter(x)
        q, k, v = self.qkv(h).chunk(3, dim=2)
        mixed = (q @ k.transpose(1, 2) / 4).softmax(2) @ v
        h = h + self.leave(mixed) + self.up(self.down(mixed))
        h = torch.tanh(h.mean(1))
        mean = self.mean(h)
        code = mean + torch.randn_like(mean) * self.spread(h).clamp(max=1).exp() if self.training else mean
        return self.decode(code)


x = torch.randn(120, 6, 5)
y = x.sum(1)[:, :3]
model = Sensors()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(120).split(20):
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
