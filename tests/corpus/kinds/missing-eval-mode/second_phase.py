# break: score
import torch
from torch import nn

torch.manual_seed(2)


class Regressor(nn.Module):
    def __init__(self, drop=0.0):
        super().__init__()
        layers = [nn.Linear(6, 24), nn.ReLU()]
        if drop:
            layers.append(nn.Dropout(drop))
        self.layers = nn.Sequential(*layers, nn.Linear(24, 1))

    def forward(self, x):
        return self.layers(x).squeeze(1)


def points(count, scale):
    x = torch.randn(count, 6)
    return x, scale * x[:, 0] + x[:, 1] * x[:, 2]


def learn(model, x, y, updates):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    model.train()
    for _ in range(updates):
        rows = torch.randint(len(x), (16,))
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()


@torch.no_grad()
def score(model, x, y):
    model.eval()
    return nn.functional.mse_loss(model(x), y).item()


first = Regressor()
learn(first, *points(800, 1.0), updates=300)
second = Regressor(drop=0.2)
second.layers[0].load_state_dict(first.layers[0].state_dict())
few, held_out = points(64, 2.0), points(200, 2.0)
for _ in range(4):
    learn(second, *few, updates=15)
    print(score(second, *held_out))
