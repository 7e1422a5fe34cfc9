"""A checkpoint callback that keeps the state dict itself."""
import torch
from torch import nn


class KeepBest:
    def __init__(self, model):
        self.model, self.score, self.state = model, float("inf"), None

    def __call__(self, score):
        if score < self.score:
            self.score, self.state = score, dict(self.model.state_dict())

    def restore(self):
        self.model.load_state_dict(self.state)


torch.manual_seed(1)
x = torch.randn(150, 3)
y = x.sin().sum(1, keepdim=True)
net = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=2e-2)
keep = KeepBest(net)
for epoch in range(8):
    for rows in torch.randperm(120).split(20):
        opt.zero_grad()
        nn.functional.mse_loss(net(x[rows]), y[rows]).backward()
        opt.step()
    with torch.no_grad():
        keep(nn.functional.mse_loss(net(x[120:]), y[120:]).item())
keep.restore()
print(keep.score)
