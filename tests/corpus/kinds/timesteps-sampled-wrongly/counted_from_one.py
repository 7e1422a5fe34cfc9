import torch
from torch import nn

torch.manual_seed(0)
T = 10
bars = torch.cat([torch.ones(1), torch.cumprod(1 - torch.linspace(0.01, 0.4, T), 0)])
data = torch.randn(128, 3)
net = nn.ModuleDict({"embed": nn.Embedding(T + 1, 8), "mix": nn.Linear(11, 24), "out": nn.Linear(24, 3)})


class Guess(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts

    def forward(self, x, t):
        return self.parts["out"](torch.relu(self.parts["mix"](torch.cat([x, self.parts["embed"](t)], 1))))


model = Guess(net)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for rows in torch.randperm(128).split(16):
        t = torch.randint(1, T + 1, (len(rows),))
        noise, bar = torch.randn(len(rows), 3), bars[t][:, None]
        loss = nn.functional.mse_loss(model(bar.sqrt() * data[rows] + (1 - bar).sqrt() * noise, t), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    x = torch.randn(4, 3)
    for step in range(T, 0, -1):
        x = x - 0.1 * model(x, torch.full((4,), step))
