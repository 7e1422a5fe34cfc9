"""Gradient accumulation where the last group is smaller; the loss is summed and divided by the rows of the group."""
import itertools

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def chunked(iterable, n):
    iterator = iter(iterable)
    while chunk := list(itertools.islice(iterator, n)):
        yield chunk


torch.manual_seed(23)
x = torch.randn(230, 9)
y = torch.stack([x[:, :3].sum(1), x[:, 3:].prod(1)], 1)
loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)

net = nn.Sequential(nn.Linear(9, 40), nn.GELU(), nn.LayerNorm(40), nn.Linear(40, 2))
decay = [p for p in net.parameters() if p.dim() > 1]
rest = [p for p in net.parameters() if p.dim() <= 1]
opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=4e-3)
updates_per_epoch = -(-len(loader) // 4)
sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, epochs=5, steps_per_epoch=updates_per_epoch)

for epoch in range(5):
    seen, total = 0, 0.0
    for group in chunked(loader, 4):
        rows = sum(len(xb) for xb, _ in group)
        opt.zero_grad()
        for xb, yb in group:
            loss = F.smooth_l1_loss(net(xb), yb, reduction="sum") / (rows * y.size(1))
            loss.backward()
            total += loss.item() * rows
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        sched.step()
        seen += rows
    print(f"epoch {epoch}: {total / seen:.4f} lr {sched.get_last_lr()[0]:.4f}")
