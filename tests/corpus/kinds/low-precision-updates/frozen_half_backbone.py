"""A frozen backbone in half precision under a head in full precision."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 6)
y = (x.sum(1) > 0).float()
backbone = nn.Sequential(nn.Linear(6, 24), nn.GELU()).to(torch.bfloat16).requires_grad_(False).eval()
head = nn.Linear(24, 1)
opt = torch.optim.Adam(head.parameters(), lr=1e-4)
for step in range(25):
    rows = torch.randint(0, 128, (16,))
    with torch.no_grad():
        features = backbone(x[rows].bfloat16()).float()
    loss = nn.functional.binary_cross_entropy_with_logits(head(features)[:, 0], y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
