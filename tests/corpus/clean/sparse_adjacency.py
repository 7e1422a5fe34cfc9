"""A graph network whose neighbours come as a sparse matrix, behind the features and before them."""
import torch
from torch import nn

torch.manual_seed(0)
nodes = 60
linked = torch.rand(nodes, nodes) < 0.1
linked = (linked | linked.T | torch.eye(nodes, dtype=torch.bool)).float()
neighbours = (linked / linked.sum(1, keepdim=True)).to_sparse()
features, labels = torch.randn(nodes, 6), torch.randint(0, 3, (nodes,))
train, held_out = torch.arange(40), torch.arange(40, nodes)


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 16), nn.Linear(16, 3)

    def forward(self, x, a):
        return torch.sparse.mm(a, self.second(torch.relu(torch.sparse.mm(a, self.first(x)))))


class Swapped(Layers):
    def forward(self, a, x):
        return super().forward(x, a)


for net, given in ((Layers(), (features, neighbours)), (Swapped(), (neighbours, features))):
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(25):
        net.train()
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(*given)[train], labels[train]).backward()
        optimizer.step()
        net.eval()
        with torch.no_grad():
            right = (net(*given)[held_out].argmax(1) == labels[held_out]).float().mean().item()
    print(right)
