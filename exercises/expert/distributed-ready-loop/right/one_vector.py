# style: one flat vector per step holds gradients and loss, steps by hand, state sent as one object
import torch
import torch.distributed as dist
from torch.nn.functional import log_softmax


def train(model, x, y, *, epochs, batch_size, lr, log=None):
    n = x.shape[0]
    if n == 0 or y.shape[0] != n:
        raise ValueError("data")
    if batch_size <= 0:
        raise ValueError("batch_size")
    rank, size, grouped = 0, 1, dist.is_initialized()
    if grouped:
        rank, size = dist.get_rank(), dist.get_world_size()
        box = [{name: value.clone() for name, value in model.state_dict().items()}]
        dist.broadcast_object_list(box, src=0)
        model.load_state_dict(box[0])
    model.train(True)
    weights = [p for p in model.parameters() if p.requires_grad]
    history = []
    for epoch in range(epochs):
        epoch_sum = 0.0
        for batch in torch.arange(n).split(batch_size):
            own = batch[rank::size]
            scores = log_softmax(model(x[own]), dim=1)
            loss = -scores[torch.arange(len(own)), y[own]].sum()
            gradients = torch.autograd.grad(loss, weights, allow_unused=True)
            flat = [torch.zeros(p.numel(), dtype=loss.dtype) if g is None else g.flatten() for p, g in zip(weights, gradients)]
            message = torch.cat([*flat, loss.detach().reshape(1)])
            if grouped:
                dist.all_reduce(message, op=dist.ReduceOp.SUM)
            *flat, summed = message.split([*(p.numel() for p in weights), 1])
            with torch.no_grad():
                for p, g in zip(weights, flat):
                    p.sub_(g.reshape(p.shape), alpha=lr / len(batch))
            epoch_sum += summed.item()
        history.append(epoch_sum / n)
        if log and rank == 0:
            log(epoch, history[epoch])
    return history
