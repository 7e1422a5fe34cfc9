# style: DistributedDataParallel, its mean over processes undone by a factor
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel as DDP


def train(model, x, y, *, epochs, batch_size, lr, log=None):
    if len(x) != len(y) or len(x) == 0 or batch_size < 1:
        raise ValueError("bad data")
    inside = dist.is_available() and dist.is_initialized()
    rank, world = (dist.get_rank(), dist.get_world_size()) if inside else (0, 1)
    model.train()
    if inside:
        for t in [*model.parameters(), *model.buffers()]:
            dist.broadcast(t.data, 0)
    net = DDP(model, find_unused_parameters=True, broadcast_buffers=False) if inside else model
    opt = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)
    out = []
    for epoch in range(epochs):
        total = torch.zeros((), dtype=torch.float64)
        for s in range(0, len(x), batch_size):
            bx, by = x[s : s + batch_size], y[s : s + batch_size]
            n = len(bx)
            bx, by = bx[rank::world], by[rank::world]
            opt.zero_grad()
            loss = F.cross_entropy(net(bx), by, reduction="sum")
            (loss * world / n).backward()
            opt.step()
            total += loss.detach()
        if inside:
            dist.all_reduce(total)
        out.append(total.item() / len(x))
        if log and rank == 0:
            log(epoch, out[-1])
    return out
