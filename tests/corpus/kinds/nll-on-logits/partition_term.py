"""Cross-entropy in its two parts, an energy and a partition term."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 5)
y = x[:, :3].argmax(1)
energy = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.Adam(energy.parameters(), lr=1e-2)
for _ in range(30):
    scores = energy(x)
    loss = F.nll_loss(scores, y) + torch.logsumexp(scores, dim=1).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
