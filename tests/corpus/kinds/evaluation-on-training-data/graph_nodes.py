import torch
from torch import nn

torch.manual_seed(0)
nodes = torch.randn(80, 6)
edges = (torch.rand(80, 80) < 0.08).float()
adjacency = (edges + edges.T + torch.eye(80)).clamp(max=1)
adjacency = adjacency / adjacency.sum(1, keepdim=True)
labels = (nodes[:, 0] + 0.5 * nodes[:, 1] > 0).long()
train_mask = torch.rand(80) < 0.6


class GraphNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(6, 16), nn.Linear(16, 2)

    def forward(self, x, a):
        return self.second(a @ torch.relu(self.first(a @ x)))


net = GraphNet()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(25):
    net.train()
    optimizer.zero_grad()
    out = net(nodes, adjacency)
    nn.functional.cross_entropy(out[train_mask], labels[train_mask]).backward()
    optimizer.step()
    net.eval()
    with torch.no_grad():
        guess = net(nodes, adjacency).argmax(dim=1)
    score = (guess[~train_mask] == labels[~train_mask]).float().mean().item()
    if epoch % 5 == 4:
        print(f"val accuracy {score:.3f}")
