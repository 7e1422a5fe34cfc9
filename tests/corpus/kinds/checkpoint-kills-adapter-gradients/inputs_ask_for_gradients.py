import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)


class Frozen(nn.Module):
    """The first block has nothing to train; what enters the second asks for a gradient."""

    def __init__(self):
        super().__init__()
        self.low = nn.Sequential(nn.Linear(8, 12), nn.ReLU()).requires_grad_(False)
        self.high = nn.Sequential(nn.Linear(12, 12), nn.ReLU())
        self.out = nn.Linear(12, 2)

    def forward(self, x):
        x = checkpoint(self.low, x, use_reentrant=True)
        x = checkpoint(self.high, x.requires_grad_(), use_reentrant=True)
        return self.out(x)


x = torch.randn(128, 8)
y = (x[:, 0] > 0).long()
model = Frozen()
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
for epoch in range(4):
    for rows in torch.randperm(128).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
with torch.no_grad():
    model(x)
