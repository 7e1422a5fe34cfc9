# break: Cell.forward.value
# where: value *=
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self):
        super().__init__()
        self.value, self.gate, self.out = nn.Linear(5, 12), nn.Linear(5, 12), nn.Linear(12, 1)

    def forward(self, x):
        value = torch.tanh(self.value(x))
        value = value * torch.sigmoid(self.gate(x))
        return self.out(value).squeeze(1)


torch.manual_seed(0)
x = torch.randn(128, 5)
y = x[:, 0] * x[:, 1]
cell = Cell()
opt = torch.optim.Adam(cell.parameters(), lr=0.01)
for epoch in range(4):
    for rows in torch.randperm(128).split(16):
        opt.zero_grad()
        loss = nn.functional.mse_loss(cell(x[rows]), y[rows])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
