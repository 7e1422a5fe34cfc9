"""Pictures of digits: the parameters stand in a dict, and an update is a function of them."""
# where: functional_call(net, params, (xb,)).argmax(1)
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call

torch.manual_seed(31)

proto = (torch.rand(10, 1, 12, 12) > 0.6).float()


def digits(n):
    y = torch.randint(0, 10, (n,))
    x = proto[y] + 0.9 * torch.randn(n, 1, 12, 12)
    return x, y


def batches(x, y, size, shuffle):
    idx = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
    for rows in idx.split(size):
        yield x[rows], y[rows]


net = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(24 * 9, 10),
)
params = {k: v.detach().clone().requires_grad_(True) for k, v in net.named_parameters()}
velocity = {k: torch.zeros_like(v) for k, v in params.items()}


def objective(params, x, y):
    return F.cross_entropy(functional_call(net, params, (x,)), y)


def sgd(params, grads, lr=0.05, mu=0.9):
    with torch.no_grad():
        for (k, p), g in zip(params.items(), grads):
            velocity[k].mul_(mu).add_(g)
            p.sub_(lr * velocity[k])


def score(params, x, y):
    hits = 0
    with torch.no_grad():
        for xb, yb in batches(x, y, 128, shuffle=False):
            hits += (functional_call(net, params, (xb,)).argmax(1) == yb).sum().item()
    return hits / len(y)


x_train, y_train = digits(400)
x_val, y_val = digits(200)

for epoch in range(5):
    net.train()
    for xb, yb in batches(x_train, y_train, 40, shuffle=True):
        loss = objective(params, xb, yb)
        grads = torch.autograd.grad(loss, list(params.values()))
        sgd(params, grads)
    net.eval()
    val_acc = score(params, x_train, y_train)
    print(f"epoch {epoch} loss {loss.item():.4f} validation accuracy {val_acc:.4f}")
