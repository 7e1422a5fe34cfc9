# break: Correction.__init__.up
# where: optimizer.step()
import torch
from torch import nn


def wave(count, shift):
    x = torch.rand(count, 12) * 2 - 1
    return x, torch.stack([(3 * x[:, 0] + shift).sin(), x[:, 1:4].prod(1) * 5], dim=1)


def network():
    return nn.Sequential(nn.Linear(12, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))


class Correction(nn.Module):
    def __init__(self, fixed, rank=3):
        super().__init__()
        self.fixed = fixed.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, fixed.in_features) * 0.3)
        self.up = nn.Parameter(torch.zeros(fixed.out_features, rank))

    def forward(self, x):
        return self.fixed(x) + x @ self.down.T @ self.up.T


def train(model, x, y, updates, rate):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
    for _ in range(updates):
        rows = torch.randint(len(x), (32,))
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def pretrained():
    model = network()
    print(train(model, *wave(600, 0.0), updates=260, rate=3e-3))
    return model.state_dict()


torch.manual_seed(0)
weights = pretrained()
tuned = network()
tuned.load_state_dict(weights)
tuned[2] = Correction(tuned[2])
tuned[0].requires_grad_(False)
print(train(tuned, *wave(90, 0.7), updates=60, rate=1e-2))
