"""torch.func: a stateless call, gradients by grad_and_value, a plain update of a dict of parameters."""
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, vmap

torch.manual_seed(18)
module = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
params = {name: p.detach().clone() for name, p in module.named_parameters()}
x = torch.randn(128, 3)
y = (x ** 2).sum(1, keepdim=True)


def loss_of(params, inputs, targets):
    return nn.functional.mse_loss(functional_call(module, params, (inputs,)), targets)


step = grad_and_value(loss_of)
for i in range(80):
    idx = torch.randint(len(x), (32,))
    grads, loss = step(params, x[idx], y[idx])
    params = {name: p - 0.05 * grads[name] for name, p in params.items()}
    if i % 20 == 0:
        print(i, loss.item())


def single(params, row, target):
    return loss_of(params, row.unsqueeze(0), target.unsqueeze(0))


per_sample, _ = vmap(grad_and_value(single), in_dims=(None, 0, 0))(params, x[:16], y[:16])
norms = torch.stack([g.flatten(1).norm(dim=1) for g in per_sample.values()]).norm(dim=0)
print("largest per-sample gradient", norms.max().item())
