# style: gate and output weight in one contraction, own loss, own batches, SGD
import torch
from torch import nn

SEED = 0


def grow(n_plants=1000):
    conditions = torch.randn(n_plants, 6)
    light, water, heat, soil, wind, age = conditions.T
    push = (light + 0.5 * water - 0.3 * wind).tanh()
    arrives = (2.0 * heat + soil - 0.5 * age).sigmoid()
    return conditions, (2.0 * push * arrives + 0.1 * torch.randn(n_plants))[:, None]


class Gated(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.candidate = nn.Sequential(nn.Linear(6, hidden), nn.Tanh())
        self.gate = nn.Sequential(nn.Linear(6, hidden), nn.Sigmoid())
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        return torch.einsum("bh,bh,oh->bo", self.candidate(x), self.gate(x), self.out.weight) + self.out.bias


def main():
    torch.manual_seed(SEED)
    net = Gated()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    x, y = grow()
    for epoch in range(20):
        for rows in torch.randperm(len(x)).split(50):
            error = (net(x[rows]) - y[rows]).pow(2).mean()
            net.zero_grad()
            error.backward()
            optimizer.step()
        print(epoch, error.item())
    x, y = grow(500)
    with torch.no_grad():
        print((net(x) - y).pow(2).mean().item())


main()
