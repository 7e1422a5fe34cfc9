"""Optimizers with groups of their own rates."""

import torch


def optimizer(rates, kind="SGD"):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(2))], "lr": rate} for rate in rates]
    return getattr(torch.optim, kind)(groups, lr=1.0)


def plain_scheduler(optimizer, warmup_steps, total_steps, min_lr):
    """The same schedule out of ready-made parts, for one group."""
    kinds = torch.optim.lr_scheduler
    rise = kinds.LinearLR(optimizer, 1 / warmup_steps, 1.0, total_iters=warmup_steps - 1)
    decay = kinds.CosineAnnealingLR(optimizer, T_max=total_steps - warmup_steps, eta_min=min_lr)
    return kinds.SequentialLR(optimizer, [rise, decay], milestones=[warmup_steps])


def there_and_back(scheduler, steps):
    """Keep the state, go on for some steps, and load it again."""
    state = scheduler.state_dict()
    for _ in range(steps):
        scheduler.step()
    scheduler.load_state_dict(state)
