import torch
from torch import nn

torch.manual_seed(0)


class Rounded(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.round(x * 4) / 4

    @staticmethod
    def backward(ctx, g):
        return g


class Clamped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(-0.5, 0.5)

    @staticmethod
    def backward(ctx, g):
        return g


class Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -ctx.strength * g, None


class Spike(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v > 0).float()

    @staticmethod
    def backward(ctx, g):
        (v,) = ctx.saved_tensors
        return g / (1 + 10 * v.abs()) ** 2


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 16)
        self.label, self.domain = nn.Linear(16, 2), nn.Linear(16, 2)

    def forward(self, x):
        h = Clamped.apply(Rounded.apply(self.body(x))) + Spike.apply(self.body(x) - 0.3)
        return self.label(h), self.domain(Reversed.apply(h, 0.5))


x = torch.randn(160, 6)
labels, domains = (x[:, 0] > 0).long(), (x[:, 1] > 0).long()
model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(4):
    for rows in torch.randperm(160).split(20):
        a, b = model(x[rows])
        loss = nn.functional.cross_entropy(a, labels[rows]) + nn.functional.cross_entropy(b, domains[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
