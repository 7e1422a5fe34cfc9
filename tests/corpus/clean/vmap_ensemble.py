"""An ensemble trained at once with torch.func: stacked parameters, vmap over grad, plain updates; then a bootstrap mean."""
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

torch.manual_seed(3)
E, N, B = 4, 160, 40


def member():
    return nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 1))


x = torch.rand(N, 1) * 6 - 3
y = x.sin() + 0.1 * torch.randn(N, 1)
models = [member() for _ in range(E)]
params, buffers = stack_module_state(models)
params = {k: v.detach() for k, v in params.items()}
skeleton = member().to("meta")


def loss_fn(params, buffers, xb, yb):
    return ((functional_call(skeleton, (params, buffers), (xb,)) - yb) ** 2).mean()


step = vmap(grad_and_value(loss_fn), in_dims=(0, 0, 0, 0))
velocity = {k: torch.zeros_like(v) for k, v in params.items()}
for it in range(120):
    rows = torch.randint(0, N, (E, B))
    grads, losses = step(params, buffers, x[rows], y[rows])
    for k in params:
        velocity[k] = 0.9 * velocity[k] + grads[k]
        params[k] = params[k] - 0.02 * velocity[k]
    if it % 40 == 0:
        print(it, [round(v, 3) for v in losses.tolist()])

grid = torch.linspace(-4, 4, 9)[:, None]
predictions = vmap(lambda p, b: functional_call(skeleton, (p, b), (grid,)))(params, buffers)
print("spread", predictions.std(0).squeeze(1).round(decimals=2).tolist())
