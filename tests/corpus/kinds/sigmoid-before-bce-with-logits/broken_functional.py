"""Functional style: parameters in a dict, gradients from autograd.grad, sigmoid in the apply function."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))


def apply(params, x):
    return functional_call(net, params, (x,)).sigmoid()


def loss_fn(params, x, y):
    return F.binary_cross_entropy_with_logits(apply(params, x), y)


torch.manual_seed(1)
x = torch.randn(200, 5)
y = (x[:, :3] > 0.3).float()
params = {k: v.detach().clone().requires_grad_() for k, v in net.named_parameters()}
for step in range(60):
    rows = torch.randint(0, 200, (32,))
    loss = loss_fn(params, x[rows], y[rows])
    grads = torch.autograd.grad(loss, list(params.values()))
    params = {k: (p - 0.2 * g).detach().requires_grad_() for (k, p), g in zip(params.items(), grads)}
print(loss.item())
