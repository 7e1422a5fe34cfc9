"""A half-precision model whose optimizer updates a float32 copy; large rates; rounding at random."""
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(160, 8)
y = x[:, :3].argmax(1)


class StochasticSGD(torch.optim.Optimizer):
    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                fresh = p.float() - group["lr"] * p.grad.float()
                bits = fresh.view(torch.int32) + torch.randint(0, 1 << 16, fresh.shape, dtype=torch.int32)
                p.copy_((bits & -65536).view(torch.float32))


half = nn.Linear(8, 3).to(torch.bfloat16)
master = [p.detach().float().requires_grad_() for p in half.parameters()]
fast = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)).bfloat16()
random = nn.Linear(8, 3).bfloat16()
opts = [
    torch.optim.Adam(master, lr=1e-4),
    torch.optim.SGD(fast.parameters(), lr=0.5),
    StochasticSGD(random.parameters(), lr=1e-3),
]
for step in range(30):
    rows = torch.randint(0, 160, (20,))
    for model, opt in zip((half, fast, random), opts):
        model.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows].bfloat16()).float(), y[rows])
        loss.backward()
        if model is half:
            for copy, p in zip(master, half.parameters()):
                copy.grad = p.grad.float()
        opt.step()
    with torch.no_grad():
        for copy, p in zip(master, half.parameters()):
            p.copy_(copy)
