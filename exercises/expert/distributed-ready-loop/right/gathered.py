# style: a small class hides the group; gradients are gathered and added up, losses weighted by rows
import torch
import torch.distributed as dist
from torch import nn


class Alone:
    rank, size = 0, 1

    def same_start(self, model):
        pass

    def add(self, tensor):
        return tensor


class Group:
    def __init__(self):
        self.rank, self.size = dist.get_rank(), dist.get_world_size()

    def same_start(self, model):
        with torch.no_grad():
            for _, value in sorted(model.state_dict().items()):
                dist.broadcast(value, 0)

    def add(self, tensor):
        parts = [torch.empty_like(tensor) for _ in range(self.size)]
        dist.all_gather(parts, tensor.contiguous())
        return torch.stack(parts).sum(0)


def train(model, x, y, *, epochs, batch_size, lr, log=None):
    if len(x) == 0 or len(x) != len(y) or batch_size < 1:
        raise ValueError("nothing sensible to train on")
    team = Group() if dist.is_available() and dist.is_initialized() else Alone()
    team.same_start(model)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr)
    criterion = nn.CrossEntropyLoss()
    model.train()
    result = []
    for epoch in range(epochs):
        summed = torch.tensor(0.0, dtype=torch.float64)
        for bx, by in zip(x.split(batch_size), y.split(batch_size)):
            mx, my = bx[team.rank :: team.size], by[team.rank :: team.size]
            optimizer.zero_grad(set_to_none=True)
            if len(mx):
                loss = criterion(model(mx), my) * (len(mx) / len(bx))
                loss.backward()
                summed += loss.item() * len(bx)
            for p in optimizer.param_groups[0]["params"]:
                p.grad = team.add(torch.zeros_like(p) if p.grad is None else p.grad)
            optimizer.step()
        mean = float(team.add(summed)) / len(x)
        result.append(mean)
        if log is not None and not team.rank:
            log(epoch, mean)
    return result
