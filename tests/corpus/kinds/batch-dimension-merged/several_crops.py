import torch
from torch import nn

torch.manual_seed(0)
pictures, labels = torch.randn(81, 3, 10, 10), torch.randint(0, 3, (81,))
features = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
optimizer = torch.optim.Adam(features.parameters(), lr=0.01)


def crops(batch):
    corners = [batch[..., :8, :8], batch[..., 2:, :8], batch[..., :8, 2:], batch[..., 2:, 2:]]
    return torch.stack(corners, dim=1)


for epoch in range(3):
    for rows in torch.randperm(81).split(20):
        several = crops(pictures[rows])
        scores = features(several.flatten(0, 1)).view(len(rows), 4, 3).mean(1)
        loss = nn.functional.cross_entropy(scores, labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
