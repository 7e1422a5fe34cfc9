# break: net
# break: binary_cross_entropy_with_logits
# where: F.binary_cross_entropy_with_logits
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)
features = torch.randn(320, 6)
defaulted = ((features[:, 0] - features[:, 1] * features[:, 2]) > 0.2).float()

net = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 1))
adam = torch.optim.Adam(net.parameters(), lr=5e-3)

for epoch in range(6):
    for rows in torch.randperm(320).split(40):
        scores = net(features[rows]).squeeze(-1)
        loss = F.binary_cross_entropy_with_logits(scores, defaulted[rows])
        adam.zero_grad()
        loss.backward()
        adam.step()
    print(f"epoch {epoch}: {loss.item():.3f}")
