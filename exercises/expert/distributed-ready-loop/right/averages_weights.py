# style: steps on its own rows, then averages the weights: the same for plain SGD
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.utils.data import Sampler


class Mine(Sampler):
    def __init__(self, n, bs, r, w):
        self.n, self.bs, self.r, self.w = n, bs, r, w

    def __iter__(self):
        for s in range(0, self.n, self.bs):
            yield list(range(s, min(s + self.bs, self.n)))[self.r :: self.w]

    def __len__(self):
        return -(-self.n // self.bs)


def train(model, x, y, *, epochs, batch_size, lr, log=None):
    """Every process steps on its own, then the weights are averaged: the same for plain SGD."""
    n = len(x)
    if n != len(y) or not n or batch_size < 1:
        raise ValueError("x and y of the same length, not empty, and a batch_size of at least 1")
    group = dist.is_available() and dist.is_initialized()
    r = dist.get_rank() if group else 0
    w = dist.get_world_size() if group else 1
    everything = list(model.parameters()) + list(model.buffers())
    if group:
        for t in everything:
            dist.broadcast(t.detach(), src=0)
    sampler = Mine(n, batch_size, r, w)
    trained = [p for p in model.parameters() if p.requires_grad]
    opt = torch.optim.SGD(trained, lr=lr)
    model.train()
    out = []
    for epoch in range(epochs):
        losses = torch.zeros((), dtype=torch.float64)
        for step, idx in enumerate(sampler):
            size = min(batch_size, n - step * batch_size)
            opt.zero_grad(set_to_none=True)
            if idx:
                bx, by = x[idx], y[idx]
                each = F.cross_entropy(model(bx), by, reduction="none")
                losses += each.detach().double().sum()
                (each.sum() * (w / size)).backward()
                opt.step()
            if group:
                for p in trained:
                    dist.all_reduce(p.data)
                    p.data.div_(w)
        if group:
            dist.all_reduce(losses)
        out.append((losses / n).item())
        if log is not None and r == 0:
            log(epoch, out[-1])
    return out
