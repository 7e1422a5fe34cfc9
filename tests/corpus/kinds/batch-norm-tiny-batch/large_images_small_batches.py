"""Two images in a batch, single rows for a frozen norm, norms that look at one row only."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
images = torch.randn(24, 1, 12, 12)
kind = (images.mean((1, 2, 3)) > 0).long()
conv = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
rows_only = nn.Sequential(nn.Flatten(), nn.Linear(144, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 2))
frozen = nn.Sequential(nn.Flatten(), nn.Linear(144, 8), nn.BatchNorm1d(8), nn.Linear(8, 2))
frozen[2].eval()
opt = torch.optim.SGD([p for m in (conv, rows_only, frozen) for p in m.parameters()], lr=0.01)
for epoch in range(2):
    for rows in torch.randperm(24).split(2):
        loss = F.cross_entropy(conv(images[rows]), kind[rows])
        loss = loss + F.cross_entropy(rows_only(images[rows[:1]]), kind[rows[:1]])
        loss = loss + F.cross_entropy(frozen(images[rows[:1]]), kind[rows[:1]])
        opt.zero_grad()
        loss.backward()
        opt.step()
