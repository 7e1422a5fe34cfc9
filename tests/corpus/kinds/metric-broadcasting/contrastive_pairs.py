import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
digits = torch.randint(0, 4, (128,))
points = F.one_hot(digits, 4).float() @ torch.randn(4, 8) + 0.3 * torch.randn(128, 8)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(encoder.parameters(), lr=0.01)
for epoch in range(3):
    for rows in torch.randperm(128).split(32):
        label = digits[rows]
        z = F.normalize(encoder(points[rows]), dim=1)
        alike = label.view(-1, 1) == label
        similarity = z @ z.T / 0.2
        logp = similarity - similarity.logsumexp(dim=1, keepdim=True)
        loss = -(logp * alike).sum(1).div(alike.sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    z = F.normalize(encoder(points), dim=1)
    neighbours = (z @ z.T).fill_diagonal_(-1).argmax(dim=1)
    print("nearest neighbour accuracy", (digits[neighbours] == digits).float().mean().item())
