import torch
from torch import nn

torch.manual_seed(0)


class Principal(nn.Module):
    """Tunes the largest components of a weight and freezes the rest: together they are the old weight."""

    def __init__(self, layer, rank):
        super().__init__()
        u, s, v = torch.linalg.svd(layer.weight.detach(), full_matrices=False)
        root = s[:rank].sqrt()
        self.up = nn.Parameter(u[:, :rank] * root)
        self.down = nn.Parameter(root[:, None] * v[:rank])
        self.rest = nn.Parameter(layer.weight.detach() - (self.up @ self.down).detach(), requires_grad=False)
        self.bias = layer.bias

    def forward(self, x):
        return x @ (self.rest + self.up @ self.down).T + self.bias


net = nn.Sequential(nn.Linear(8, 20), nn.Tanh(), nn.Linear(20, 2)).requires_grad_(False)
net[0] = Principal(net[0], 2)
x = torch.randn(128, 8)
y = (x[:, 0] > x[:, 1]).long()
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
for epoch in range(5):
    for rows in torch.randperm(128).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
