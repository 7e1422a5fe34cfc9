import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(160, 12)
y = (x[:, :6].sum(1) > x[:, 6:].sum(1)).long()
net = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)


def jitter(rows):
    return rows + 0.1 * torch.randn_like(rows)


for epoch in range(5):
    net.train()
    for rows in torch.randperm(120).split(24):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(jitter(x[rows])), y[rows]).backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        probabilities = torch.stack([net(jitter(x[120:])).softmax(dim=1) for _ in range(8)]).mean(dim=0)
    print(epoch, (probabilities.argmax(dim=1) == y[120:]).float().mean().item())
