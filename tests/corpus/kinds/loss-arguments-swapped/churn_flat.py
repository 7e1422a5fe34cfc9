# break: binary_cross_entropy_with_logits
# where: F.binary_cross_entropy_with_logits(
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
customers = torch.randn(160, 5)
left = (customers[:, 0] + 0.5 * customers[:, 1] > 0).float()
net = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(160).split(20):
        score = net(customers[rows]).squeeze(1)
        loss = F.binary_cross_entropy_with_logits(score, left[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
