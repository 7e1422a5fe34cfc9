import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Uncertain(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 32), nn.Linear(32, 1)

    def forward(self, x):
        return self.b(F.dropout(torch.relu(self.a(x)), 0.1, training=True))


x = torch.linspace(-2, 2, 96)[:, None]
y = x.sin()
model = Uncertain()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(96).split(24):
        optimizer.zero_grad()
        F.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        answers = torch.stack([model(x) for _ in range(8)])
    model.train()
    print(F.mse_loss(answers.mean(0), y).item(), answers.std(0).mean().item())
