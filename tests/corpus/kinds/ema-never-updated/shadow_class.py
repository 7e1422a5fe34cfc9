# break: ema
import torch
import torch.nn as nn
import torch.nn.functional as F


class Shadow:
    """Averaged weights that take the model's place while it is measured."""

    def __init__(self, model, decay):
        self.decay = decay
        self.weights = [p.detach().clone() for p in model.parameters()]
        self.stored = []

    @torch.no_grad()
    def update(self, model):
        for mean, p in zip(self.weights, model.parameters()):
            mean.mul_(self.decay).add_(p, alpha=1.0 - self.decay)

    @torch.no_grad()
    def enter(self, model):
        self.stored = [p.clone() for p in model.parameters()]
        for mean, p in zip(self.weights, model.parameters()):
            p.copy_(mean)

    @torch.no_grad()
    def leave(self, model):
        for kept, p in zip(self.stored, model.parameters()):
            p.copy_(kept)


torch.manual_seed(0)
x = torch.randn(200, 5)
y = (x[:, 0] > x[:, 1]).long()
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 2))
ema = Shadow(model, 0.9)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(150).split(25):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ema.update(model)
    ema.enter(model)
    with torch.no_grad():
        print(F.cross_entropy(model(x[150:]), y[150:]).item())
    ema.leave(model)
