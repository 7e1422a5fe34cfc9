import torch
from torch import nn

torch.manual_seed(0)


class Factors(nn.Module):
    """A large table as a product of two narrow ones, a linear code, and a convolution in two parts."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Sequential(nn.Linear(20, 4, bias=False), nn.Linear(4, 24))
        self.depthwise = nn.Conv1d(1, 6, 3, padding=1)
        self.each = nn.Conv1d(6, 6, 3, padding=1, groups=6)
        self.across = nn.Conv1d(6, 4, 1)
        self.code = nn.Linear(96, 8)
        self.open = nn.Linear(8, 20)

    def forward(self, x):
        h = torch.relu(self.narrow(x)).unsqueeze(1)
        h = self.across(self.each(torch.relu(self.depthwise(h))))
        return self.open(self.code(torch.relu(h).flatten(1)))


x = torch.randn(160, 3) @ torch.randn(3, 20)
model = Factors()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(160).split(20):
        loss = nn.functional.mse_loss(model(x[rows]), x[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
