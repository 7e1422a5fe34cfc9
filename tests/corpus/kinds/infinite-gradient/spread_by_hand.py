# break: spread.power
# where: loss.backward()
import torch

torch.manual_seed(2)
x = torch.randn(64, 3)
goal = x.relu().sum(1)
first = (torch.randn(3, 8) * 0.5).requires_grad_()
second = (torch.randn(8) * 0.5).requires_grad_()


def spread(h, floor_eps=1e-8):
    return (h.var(dim=0) + floor_eps) ** 0.5


for step in range(30):
    hidden = torch.relu(x @ first)
    # One unit is switched off.
    hidden = hidden * (torch.arange(8) > 0)
    loss = ((hidden @ second - goal) ** 2).mean() + 0.01 * (1 - spread(hidden)).relu().mean()
    loss.backward()
    with torch.no_grad():
        for w in (first, second):
            w -= 0.02 * w.grad
            w.grad = None
