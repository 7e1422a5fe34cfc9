import torch
from torch import nn

torch.manual_seed(0)
nodes = 40
links = (torch.rand(nodes, nodes) < 0.1).float()
links = ((links + links.T + torch.eye(nodes)) > 0).float()
degree = links.sum(1)
spread = links / torch.sqrt(degree[:, None] * degree[None, :])
features = torch.randn(nodes, 5)
classes = (spread @ features)[:, 0].gt(0).long()
known = torch.rand(nodes) < 0.6


class GraphNet(nn.Module):
    def __init__(self, spread):
        super().__init__()
        self.register_buffer("spread", spread)
        self.first = nn.Linear(5, 16)
        self.second = nn.Linear(16, 2)

    def forward(self, x):
        return self.second(self.spread @ torch.relu(self.first(self.spread @ x)))


model = GraphNet(spread)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(40):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(features)[known], classes[known]).backward()
    optimizer.step()
