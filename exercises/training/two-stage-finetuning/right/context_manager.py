# style: freezing as a context manager, stages as calls of one inner function
from contextlib import contextmanager, nullcontext

import torch


@contextmanager
def frozen(module):
    flags = [(p, p.requires_grad) for p in module.parameters()]
    for p, _ in flags:
        p.requires_grad = False
    try:
        yield
    finally:
        for p, flag in flags:
            p.requires_grad = flag


def finetune(model, loader, loss_fn, head_epochs, full_epochs, head_lr, backbone_lr, optimizer_class=torch.optim.SGD):
    if head_epochs < 0:
        raise ValueError("head_epochs")
    if full_epochs < 0:
        raise ValueError("full_epochs")

    def stage(epochs, rates):
        optimizer = optimizer_class([{"params": list(part.parameters()), "lr": lr} for part, lr in rates])
        model.zero_grad(set_to_none=True)
        for _ in range(epochs):
            for child in model.children():
                child.train(any(child is part for part, _ in rates))
            model.training = True
            weighted = []
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                loss.backward()
                optimizer.step()
                weighted.append((loss.item(), len(y)))
            if not weighted:
                raise ValueError("no batches")
            yield sum(a * n for a, n in weighted) / sum(n for _, n in weighted)

    head, backbone = (model.head, head_lr), (model.backbone, backbone_lr)
    losses = []
    for epochs, rates in ((head_epochs, [head]), (full_epochs, [head, backbone])):
        with frozen(model.backbone) if len(rates) == 1 else nullcontext():
            losses += stage(epochs, rates)
    return losses
