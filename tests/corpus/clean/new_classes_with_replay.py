"""Continual learning on purpose: class-incremental tasks one after the other, with a replay memory and distillation from the old net."""
import copy, torch
from torch import nn
import torch.nn.functional as F
torch.manual_seed(0)
c = torch.randn(6, 10) * 1.5
def rows(k, n): return c[k] + torch.randn(n, 10), torch.full((n,), k)
tasks = [(0, 1), (2, 3), (4, 5)]
net = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 6))
mem_x, mem_y, old = torch.empty(0, 10), torch.empty(0, dtype=torch.long), None
tests = {k: rows(k, 80) for k in range(6)}
for t, classes in enumerate(tasks):
    x, y = (torch.cat(z) for z in zip(*(rows(k, 200) for k in classes)))
    x, y = torch.cat([x, mem_x]), torch.cat([y, mem_y])
    opt = torch.optim.SGD(net.parameters(), 0.05, momentum=0.9)
    for epoch in range(5):
        for ix in torch.randperm(len(x)).split(32):
            out = net(x[ix]); loss = F.cross_entropy(out, y[ix])
            if old is not None:
                with torch.no_grad(): ref = old(x[ix])
                loss = loss + 0.5 * F.kl_div((out / 2).log_softmax(1), (ref / 2).log_softmax(1), reduction="batchmean", log_target=True) * 4
            opt.zero_grad(); loss.backward(); opt.step()
    keep = torch.randperm(400)[:60]
    mem_x, mem_y = torch.cat([mem_x, x[keep]]), torch.cat([mem_y, y[keep]])
    old = copy.deepcopy(net).eval().requires_grad_(False)
    with torch.no_grad(): print("task", t, {k: (net(tests[k][0]).argmax(1) == k).float().mean().item() for j in tasks[: t + 1] for k in j})
