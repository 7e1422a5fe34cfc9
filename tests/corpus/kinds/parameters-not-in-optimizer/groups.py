# break: make_optimizer.AdamW
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(5, 16), nn.SiLU())
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.body(x))


def make_optimizer(net):
    return torch.optim.AdamW(
        [
            {"params": net.body.parameters(), "lr": 1e-3},
            {"params": net.head.parameters(), "weight_decay": 0.0},
        ],
        lr=3e-3,
    )


def main(steps=50):
    torch.manual_seed(0)
    net = Net()
    optimizer = make_optimizer(net)
    for _ in range(steps):
        x = torch.randn(24, 5)
        loss = nn.functional.cross_entropy(net(x), (x[:, 0] * x[:, 1] > 0).long())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return loss.item()


print(main())
