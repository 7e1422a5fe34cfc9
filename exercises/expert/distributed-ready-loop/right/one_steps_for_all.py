# style: gradients reduced to rank 0, which alone steps and sends the weights
import torch
import torch.distributed as dist
import torch.nn.functional as F


def train(model, x, y, *, epochs, batch_size, lr, log=None):
    """Parameter server: gradients reduced to rank 0, which steps and broadcasts weights."""
    if not (len(x) == len(y) > 0 and batch_size >= 1):
        raise ValueError("nothing to train on")
    group = dist.is_available() and dist.is_initialized()
    rank, world = (dist.get_rank(), dist.get_world_size()) if group else (0, 1)
    params = list(model.parameters())
    buffers = list(model.buffers())
    model.train()

    def send():
        if group:
            with torch.no_grad():
                for t in params + buffers:
                    dist.broadcast(t, src=0)

    send()
    live = [p for p in params if p.requires_grad]
    losses = []
    for epoch in range(epochs):
        record = []
        for start in range(0, len(x), batch_size):
            stop = min(start + batch_size, len(x))
            mine = torch.arange(start, stop)[rank::world]
            if len(mine):
                loss = F.cross_entropy(model(x[mine]), y[mine], reduction="sum")
                grads = torch.autograd.grad(loss, live, allow_unused=True)
                record.append(loss.item())
            else:
                grads = [None] * len(live)
            grads = [torch.zeros_like(p) if g is None else g.contiguous() for p, g in zip(live, grads)]
            if group:
                for g in grads:
                    dist.reduce(g, dst=0)
            if rank == 0:
                with torch.no_grad():
                    for p, g in zip(live, grads):
                        p -= lr * g / (stop - start)
            send()
        if group:
            boxes = [None] * world
            dist.all_gather_object(boxes, record)
        else:
            boxes = [record]
        losses.append(sum(sum(b) for b in boxes) / len(x))
        if log is not None and rank == 0:
            log(epoch, losses[-1])
    return losses
