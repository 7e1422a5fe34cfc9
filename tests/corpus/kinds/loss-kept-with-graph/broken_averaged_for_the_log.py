"""Learning to learn sine waves: the losses of a while are averaged for the log."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call

torch.manual_seed(51)
INNER_LR, META_BATCH, SHOTS = 0.02, 2, 10

net = nn.Sequential(nn.Linear(1, 40), nn.Tanh(), nn.Linear(40, 40), nn.Tanh(), nn.Linear(40, 1))
meta = dict(net.named_parameters())
opt = torch.optim.Adam(meta.values(), lr=2e-3)


def task():
    amp, phase = 0.5 + 1.5 * torch.rand(1), math.pi * torch.rand(1)

    def draw(n):
        x = 6 * torch.rand(n, 1) - 3
        return x, amp * torch.sin(x + phase)

    return draw


def adapt(params, x, y, create_graph):
    loss = F.mse_loss(functional_call(net, params, (x,)), y)
    grads = torch.autograd.grad(loss, tuple(params.values()), create_graph=create_graph)
    return {k: p - INNER_LR * g for (k, p), g in zip(params.items(), grads)}


def query_loss(draw, create_graph=True):
    fast = adapt(meta, *draw(SHOTS), create_graph)
    x, y = draw(SHOTS)
    return F.mse_loss(functional_call(net, fast, (x,)), y)


def evaluate(n_tasks=20):
    scores = []
    for _ in range(n_tasks):
        draw = task()
        fast = {k: v.detach() for k, v in adapt(meta, *draw(SHOTS), create_graph=False).items()}
        x, y = draw(100)
        with torch.no_grad():
            scores.append(F.mse_loss(functional_call(net, fast, (x,)), y).item())
    return sum(scores) / n_tasks


history = []
for step in range(1, 61):
    net.train()
    loss = torch.stack([query_loss(task()) for _ in range(META_BATCH)]).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    history.append(loss)
    if step % 20 == 0:
        net.eval()
        recent = sum(history[-20:]) / 20
        print(f"step {step} meta loss {recent:.4f} held-out tasks {evaluate():.4f}")
