"""Losses in which gradients flow through the second argument, or through both."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(96, 4)
a, b = nn.Linear(4, 3), nn.Linear(4, 3)
opt = torch.optim.Adam([*a.parameters(), *b.parameters()], lr=5e-3)
for _ in range(24):
    rows = torch.randint(0, 96, (16,))
    one, two = a(x[rows]), b(x[rows])
    loss = F.mse_loss(x[rows, :3], one) + F.cross_entropy(one, two.softmax(1))
    loss = loss + F.smooth_l1_loss(one.detach(), two) + F.cross_entropy(two, x[rows, :3].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
