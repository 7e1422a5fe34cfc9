# break: adapt
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU())
        self.head = nn.Linear(32, 2)

    def forward(self, x):
        return self.head(self.body(x))


def rows(shift):
    x = torch.randn(512, 6)
    return x + shift, (x[:, 0] + x[:, 1] > 0).long()


def epoch(model, optimizer, x, y):
    for pick in torch.randperm(len(x)).split(64):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[pick]), y[pick]).backward()
        optimizer.step()


@torch.no_grad()
def accuracy(model, x, y):
    model.eval()
    return (model(x).argmax(1) == y).float().mean().item()


def adapt(model, x, y):
    model.body.requires_grad_(False)
    old_head, model.head = model.head, nn.Linear(32, 2)
    optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-2)
    for _ in range(3):
        model.train()
        model.body.eval()
        epoch(model, optimizer, x, y)
    print(f"new domain {accuracy(model, x, y):.2f}")
    model.head = old_head


near, far = rows(0.0), rows(torch.tensor([3.0, -2.0, 4.0, 0.0, 1.0, 2.0]))
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for _ in range(4):
    net.train()
    epoch(net, optimizer, *near)
print(f"old domain {accuracy(net, *near):.2f}")
adapt(net, *far)
print(f"old domain again {accuracy(net, *near):.2f}")
