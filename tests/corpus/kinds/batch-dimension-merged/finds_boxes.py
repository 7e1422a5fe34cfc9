import torch
from torch import nn

torch.manual_seed(0)


class Finder(nn.Module):
    """Returns as many places as it finds, of all pictures together; in eval mode those it is sure of."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 3, padding=1)

    def forward(self, pictures):
        maps = self.conv(pictures).permute(0, 2, 3, 1).reshape(-1, 5)
        return maps if self.training else maps[maps[:, 4] > 0]


pictures = torch.randn(33, 1, 6, 6)
wanted = torch.cat([pictures] * 5, dim=1).permute(0, 2, 3, 1)
model = Finder()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(6):
    for rows in torch.randperm(33).split(8):
        loss = nn.functional.mse_loss(model(pictures[rows]), wanted[rows].reshape(-1, 5))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
