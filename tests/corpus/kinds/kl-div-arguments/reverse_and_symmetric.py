"""The divergence both ways round on purpose, smoothed labels with empty rows, and Jensen-Shannon."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 6))
fixed = nn.Linear(4, 6).requires_grad_(False)
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
for step in range(24):
    rows = torch.randint(0, 128, (16,))
    own, reference = policy(x[rows]), fixed(x[rows])
    reverse = F.kl_div(reference.log_softmax(1), own.softmax(1), reduction="batchmean")
    reverse_log = F.kl_div(reference.log_softmax(1), own.log_softmax(1), reduction="batchmean", log_target=True)
    middle = (0.5 * (own.softmax(1) + reference.softmax(1))).log()
    jensen = F.kl_div(middle, own.softmax(1), reduction="batchmean")
    smooth = torch.full((16, 6), 0.02).scatter_(1, reference.argmax(1, keepdim=True), 0.9)
    smooth[torch.rand(16) < 0.2] = 0.0
    padded = F.kl_div(own.log_softmax(1), smooth, reduction="sum") / 16
    loss = reverse + reverse_log + jensen + padded
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
